#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""listens.py PORT - whether somebody takes connections at PORT of loopback."""
import socket
import sys

try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
except OSError:
    sys.exit(1)
