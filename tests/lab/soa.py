#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""soa.py SERVER SERIAL ZONE... - end when SERVER has each ZONE with that serial."""
import socket
import struct
import sys
import time

WAIT_S = 15


def question(zone):
    labels = [p.encode() for p in zone.split(".") if p]
    name = b"".join(bytes([len(p)]) + p for p in labels) + b"\0"
    return struct.pack("!6H", 1, 0x100, 1, 0, 0, 0) + name + struct.pack("!2H", 6, 1)


def serial(server, zone):
    """The serial in the answer of SERVER, or None; the names in it are compressed, so
    the five numbers that end an SOA are the last bytes of the answer section."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.connect((server, 53))
        asked = question(zone)
        try:
            s.send(asked)
            got = s.recv(4096)
        except OSError:
            return None
    if struct.unpack("!H", got[6:8])[0] != 1:
        return None
    at = len(asked) + (2 if got[len(asked)] & 0xC0 else 1) + 8
    length = struct.unpack("!H", got[at : at + 2])[0]
    return struct.unpack("!I", got[at + 2 + length - 20 : at + 2 + length - 16])[0]


def main():
    server, want, zones = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    end = time.monotonic() + WAIT_S
    while zones and time.monotonic() < end:
        zones = [z for z in zones if serial(server, z) != want]
        if zones:
            time.sleep(0.05)
    if zones:
        print("not at", want, *zones)
    return 1 if zones else 0


sys.exit(main())
