#!/usr/bin/python3
"""One service of the demonstration: started under the name that the screen is to show.

`service PORT HABIT` listens and treats every connection by its habit; `service PLAN` with a JSON
plan is a client that opens connections at given moments. Standard input is the lifeline: when the
generator goes away, so does everything here.
"""

import json
import os
import signal
import socket
import struct
import sys
import threading
import time

held = []


def watch_lifeline():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def reset_on_close(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_to_end(sock):
    while sock.recv(65536):
        pass


def answer_then_close(sock):
    """An HTTP/1.0 server: the answer's end is the end of the connection, so it closes first."""
    sock.recv(65536)
    sock.sendall(b"x" * 1200)
    time.sleep(0.02)
    sock.close()


def answer_until_end(sock):
    """A keep-alive server: the client closes first, and it follows."""
    while sock.recv(65536):
        sock.sendall(b"x" * 400)
    time.sleep(0.003)
    sock.close()


def leak(sock):
    """Reads the end of the stream and forgets the connection."""
    read_to_end(sock)
    held.append(sock)


def ignore(sock):
    """Accepts and never reads."""
    held.append(sock)


def close_unread(sock):
    """Closes with the request unread, so the kernel answers by RST."""
    time.sleep(0.05)
    sock.close()


def half_close(sock):
    """Finishes sending and keeps the descriptor."""
    sock.recv(65536)
    sock.shutdown(socket.SHUT_WR)
    held.append(sock)


HABITS = {
    "close": answer_then_close,
    "serve": answer_until_end,
    "leak": leak,
    "ignore": ignore,
    "unread": close_unread,
    "half": half_close,
}


def treat(habit, sock):
    try:
        HABITS[habit](sock)
    except OSError:
        sock.close()


def listen(family, host, port):
    listener = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(64)
    return listener


def accept(listener, habit):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=treat, args=(habit, sock), daemon=True).start()


def serve(port, habit):
    listeners = [listen(socket.AF_INET, "0.0.0.0", port), listen(socket.AF_INET6, "::", port)]
    if habit != "sleep":
        for listener in listeners:
            threading.Thread(target=accept, args=(listener, habit), daemon=True).start()
    print("ready", flush=True)
    signal.pause()


def visit(step):
    """Open one connection, send, wait for the answer if there is one, end it as told."""
    family = socket.AF_INET6 if ":" in step["to"] else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    if "from" in step:
        sock.bind((step["from"], 0))
    try:
        sock.connect((step["to"], step["port"]))
        sock.sendall(b"x" * step.get("bytes", 300))
        if step.get("answer", True):
            sock.settimeout(2)
            try:
                sock.recv(65536)
            except TimeoutError:
                pass
            sock.settimeout(None)
        time.sleep(step.get("think", 0.05))
        end = step.get("end", "close")
        if end == "reset":
            reset_on_close(sock)
        if end == "wait":
            read_to_end(sock)
            time.sleep(0.002)
        if end == "hold":
            held.append(sock)
        else:
            sock.close()
    except OSError:
        sock.close()


def play(plan):
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    for step in plan:
        time.sleep(max(0, step["at"] - (time.monotonic() - began)))
        threading.Thread(target=visit, args=(step,), daemon=True).start()
    threading.Thread(target=watch_lifeline, daemon=True).start()
    signal.pause()


if len(sys.argv) > 2:
    threading.Thread(target=watch_lifeline, daemon=True).start()
    serve(int(sys.argv[1]), sys.argv[2])
else:
    with open(sys.argv[1], encoding="utf8") as file:
        play(json.load(file))
