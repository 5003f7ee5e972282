#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""maillog.py SOCKET FILE HOST - what a system logger does with the lines of a milter:
datagrams of syslog(3) at SOCKET become lines of FILE, as written by HOST."""
import os
import re
import socket
import sys

path, log, host = sys.argv[1:]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s, open(log, "a") as f:
    s.bind(path)
    os.chmod(path, 0o666)
    while True:
        line = s.recv(8192).decode("utf-8", "replace").rstrip("\0\n")
        line = re.sub(r"^<\d+>(.{15}) ", r"\1 %s " % host, line)
        f.write(line + "\n")
        f.flush()
