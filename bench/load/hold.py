"""Holds loopback connections open until its stdin ends.

Usage: hold.py CONNECTIONS    prints `ready` when all are open; each is two endpoints
"""

import resource
import socket
import sys

count = int(sys.argv[1])
limit = 2 * count + 64
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, max(limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(128)
held = []
for _ in range(count):
    held.append(socket.create_connection(listener.getsockname()))
    held.append(listener.accept()[0])
print("ready", flush=True)
sys.stdin.read()
