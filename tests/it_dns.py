#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""it_dns.py - what the tests with real servers need beside them; loopback only.

ports N             print N ports that are free for UDP and TCP
wait PORT PID       end when a name server answers at PORT; fail when PID ends first
serve PORT MODE...  a name server with a fault, until it is killed:
    silent          takes every question and answers none, by UDP or TCP
    dies AT N       lets the server at port AT answer N questions by UDP, then ends
    faulty AT FAULT...   lets the server at port AT answer, and spoils what comes:
        loss        drops one of ten
        servfail    fails one of twenty
        wrong-id, wrong-port, wrong-address     a forged answer before the right one
        lower       gives the question back in lower case
        late=S      answers after S seconds
        dies=N      ends after N questions
        truncated   truncates, and refuses TCP
        long        truncates, and answers by TCP
        rewrites    has one address for every name
"""
import heapq
import os
import random
import select
import socket
import struct
import sys
import threading
import time

HOST = "127.0.0.1"
WAIT_S = 15
RELAY_S = 5


def pair(port):
    """Sockets for UDP and TCP at one port; 0 = any that is free for both."""
    for _ in range(100):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            udp.bind((HOST, port))
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind((HOST, udp.getsockname()[1]))
            return udp, tcp
        except OSError:
            udp.close()
            tcp.close()
            if port != 0:
                raise
    raise OSError("no free port")


def ports(count):
    held = [pair(0) for _ in range(count)]
    for udp, _ in held:
        print(udp.getsockname()[1])


def answers(port, message):
    """The answer to MESSAGE of the server at PORT, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(RELAY_S)
        s.connect((HOST, port))
        try:
            s.send(message)
            return s.recv(65535)
        except OSError:
            return None


def alive(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()[0] != "Z"


def wait(port, pid):
    soa_of_root = b"\x12\x34\0\0\0\1\0\0\0\0\0\0" + b"\0" + b"\0\6\0\1"
    end = time.monotonic() + WAIT_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.05)
        s.connect((HOST, port))
        while time.monotonic() < end and alive(pid):
            try:
                s.send(soa_of_root)
                if s.recv(65535)[:2] == soa_of_root[:2]:
                    return
            except socket.timeout:
                pass
            except OSError:
                time.sleep(0.02)
    sys.exit("port %d does not answer" % port)


def serve_silent(udp, tcp):
    tcp.listen(64)
    held = []
    while True:
        held.append(tcp.accept())


def serve_dies(udp, tcp, at, count):
    tcp.close()
    for _ in range(count):
        message, peer = udp.recvfrom(65535)
        answer = answers(at, message)
        if answer is not None:
            udp.sendto(answer, peer)
    udp.close()


def question_end(message):
    at = 12
    while message[at]:
        at += 1 + message[at]
    return at + 5


def forged(query, rcode=0, flags=0x8180):
    """An answer to QUERY that no server gave: 192.0.2.99, or an error."""
    end = question_end(query)
    record = b"" if rcode else b"\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4" + socket.inet_aton("192.0.2.99")
    head = query[:2] + struct.pack("!HHHHH", flags | rcode, 1, 1 if record else 0, 0, 0)
    return head + query[12:end] + record


def serve_tcp(tcp, at):
    """Each connection in turn, one question each."""
    tcp.listen(64)
    while True:
        c, _ = tcp.accept()
        with c:
            c.settimeout(RELAY_S)
            try:
                size = struct.unpack("!H", c.recv(2, socket.MSG_WAITALL))[0]
                answer = answers(at, c.recv(size, socket.MSG_WAITALL))
                c.sendall(struct.pack("!H", len(answer)) + answer)
            except (OSError, TypeError, struct.error):
                pass


class Faulty:
    def __init__(self, udp, at, faults):
        self.udp, self.at = udp, at
        self.faults = dict(f.partition("=")[::2] for f in faults)
        self.random = random.Random(1)
        self.other_port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.other_port.bind((HOST, 0))
        self.other_address = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.other_address.bind(("127.0.0.2", udp.getsockname()[1]))
        self.later = []

    def spoil(self, query, peer):
        """Send what is forged; the answer to give then, or None."""
        f = self.faults
        if "loss" in f and self.random.random() < 0.1:
            return None
        if "wrong-id" in f:
            self.udp.sendto(bytes([query[0] ^ 1]) + forged(query)[1:], peer)
        if "wrong-port" in f:
            self.other_port.sendto(forged(query), peer)
        if "wrong-address" in f:
            self.other_address.sendto(forged(query), peer)
        if "servfail" in f and self.random.random() < 0.05:
            return forged(query, rcode=2)
        if "truncated" in f or "long" in f:
            return query[:2] + b"\x83\x80\0\1\0\0\0\0\0\0" + query[12 : question_end(query)]
        if "rewrites" in f:
            return forged(query)
        answer = answers(self.at, query)
        if answer is not None and "lower" in f:
            end = question_end(answer)
            answer = answer[:12] + answer[12 : end - 4].lower() + answer[end - 4 :]
        return answer

    def run(self):
        left = int(self.faults.get("dies", 1 << 60))
        delay = float(self.faults.get("late", 0))
        while left > 0:
            now = time.monotonic()
            while self.later and self.later[0][0] <= now:
                _, _, answer, peer = heapq.heappop(self.later)
                self.udp.sendto(answer, peer)
            wait = self.later[0][0] - now if self.later else None
            if not select.select([self.udp], [], [], wait)[0]:
                continue
            query, peer = self.udp.recvfrom(65535)
            left -= 1
            answer = self.spoil(query, peer)
            if answer is not None:
                heapq.heappush(self.later, (time.monotonic() + delay, left, answer, peer))


def serve_faulty(udp, tcp, at, faults):
    if "truncated" in faults:
        tcp.close()
    else:
        threading.Thread(target=serve_tcp, args=(tcp, at), daemon=True).start()
    Faulty(udp, at, faults).run()


def serve(port, mode, *rest):
    udp, tcp = pair(port)
    print("ready", flush=True)
    if mode == "silent":
        serve_silent(udp, tcp)
    elif mode == "faulty":
        serve_faulty(udp, tcp, int(rest[0]), rest[1:])
    else:
        serve_dies(udp, tcp, int(rest[0]), int(rest[1]))


if __name__ == "__main__":
    if sys.argv[1] == "ports":
        ports(int(sys.argv[2]))
    elif sys.argv[1] == "wait":
        wait(int(sys.argv[2]), int(sys.argv[3]))
    else:
        serve(int(sys.argv[2]), *sys.argv[3:])
