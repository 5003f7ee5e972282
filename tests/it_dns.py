#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""it_dns.py - what the tests with real servers need beside them; loopback only.

ports N             print N ports that are free for UDP and TCP
wait PORT PID       end when a name server answers at PORT; fail when PID ends first
serve PORT MODE...  a name server with a fault, until it is killed:
    silent          takes every question and answers none, by UDP or TCP
    dies AT N       lets the server at port AT answer N questions by UDP, then ends
"""
import os
import socket
import sys
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


def serve(port, mode, *rest):
    udp, tcp = pair(port)
    print("ready", flush=True)
    if mode == "silent":
        serve_silent(udp, tcp)
    else:
        serve_dies(udp, tcp, int(rest[0]), int(rest[1]))


if __name__ == "__main__":
    if sys.argv[1] == "ports":
        ports(int(sys.argv[2]))
    elif sys.argv[1] == "wait":
        wait(int(sys.argv[2]), int(sys.argv[3]))
    else:
        serve(int(sys.argv[2]), *sys.argv[3:])
