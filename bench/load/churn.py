"""Opens and closes loopback connections, at a rate or flat out, and says how many there were.

Usage: churn.py RATE SECONDS [CLIENTS [LEAST]]

RATE 0 is flat out, else connections a second in all; it goes on until SECONDS are over and LEAST
connections have been made.

Prints `ready` once everything listens, begins when a line comes on stdin, and ends with one line
of JSON: {"connections", "failed", "seconds"}. Each connection is one connect() and a close() at
either end, as short as a connection can be. Clients go round 127.0.0.1 to 127.0.0.8, so that
ports in TIME_WAIT do not run out.
"""

import errno
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time

ADDRESSES = [f"127.0.0.{n}" for n in range(1, 9)]

BACKLOG = 4096
# A full accept queue drops SYNs, and whoever sent one waits a second: of a load of two clients a
# handful of those would decide how many connections there are. So they wait for the servers here.
LOOK_EVERY = 128
MOST_WAITING = 1024


def waiting_in(listener):
    """Connections that nobody has accepted yet: `tcpi_unacked` of a socket that listens."""
    return struct.unpack_from("I", listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 24)[0]


def serve(listener):
    """Accept and close, until the parent ends this process."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        try:
            listener.accept()[0].close()
        except OSError as error:
            if error.errno not in (errno.EINTR, errno.ECONNABORTED, errno.EMFILE):
                raise


def visit(listener, rate, seconds, least, out):
    """Connect and close; write the counts to the pipe `out`."""
    port = listener.getsockname()[1]
    made = failed = 0
    began = time.monotonic()
    until = began + seconds
    while True:
        now = time.monotonic()
        if now >= until and made >= least:
            break
        if rate > 0:
            ahead = made + failed - (now - began) * rate
            if ahead > 0:
                time.sleep(ahead / rate)
                continue
        if made % LOOK_EVERY == 0:
            while waiting_in(listener) > MOST_WAITING:
                time.sleep(0.001)
        client = socket.socket()
        try:
            client.connect((ADDRESSES[made % len(ADDRESSES)], port))
            made += 1
        except OSError:
            failed += 1
        client.close()
    os.write(out, json.dumps([made, failed, time.monotonic() - began]).encode() + b"\n")


def main():
    rate, seconds = float(sys.argv[1]), float(sys.argv[2])
    clients = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    least = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", 0))
    listener.listen(BACKLOG)
    port = listener.getsockname()[1]
    servers = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            serve(listener)
        servers.append(pid)
    print("ready", port, os.stat("/proc/self/ns/net").st_ino, flush=True)
    sys.stdin.readline()
    pipe_in, pipe_out = os.pipe()
    for _ in range(clients):
        if os.fork() == 0:
            visit(listener, rate / clients, seconds, least / clients, pipe_out)
            os._exit(0)
    os.close(pipe_out)
    text = b""
    waiting = selectors.DefaultSelector()
    waiting.register(pipe_in, selectors.EVENT_READ)
    while text.count(b"\n") < clients:
        waiting.select()
        piece = os.read(pipe_in, 4096)
        if not piece:
            break
        text += piece
    counts = [json.loads(line) for line in text.splitlines()]
    # What waits is accepted, and what was accepted last is closed, before the servers go.
    until = time.monotonic() + 10
    while waiting_in(listener) > 0 and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    for pid in servers:
        os.kill(pid, signal.SIGTERM)
    for _ in range(clients + len(servers)):
        os.wait()
    print(
        json.dumps(
            {
                "connections": sum(c[0] for c in counts),
                "failed": sum(c[1] for c in counts),
                "seconds": max(c[2] for c in counts),
            }
        ),
        flush=True,
    )


main()
