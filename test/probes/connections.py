"""Connections in which two processes, or none in time, take part.

Prints the port that it listens on, waits for a line, plays the case that its argument names, exits.
"""
import os
import socket
import struct
import sys

server = socket.create_server(("127.0.0.1", 0))
address = server.getsockname()
print(address[1], flush=True)
sys.stdin.readline()
client = socket.create_connection(address)


def writer(written):
    """A child that writes a byte for each that it is told to, and says so."""
    turns, tell = os.pipe()
    if os.fork() == 0:
        os.close(tell)
        while os.read(turns, 1):
            client.send(b"x")
            os.write(written, b".")
        os._exit(0)
    os.close(turns)
    return tell


def turns():
    done, written = os.pipe()
    writers = [writer(written), writer(written)]
    for turn in range(40):
        os.write(writers[turn % 2], b".")
        os.read(done, 1)
    # The second has the first one's pipe too, so the first ends after it.
    for tell in writers:
        os.close(tell)
    for _ in writers:
        os.wait()


def reset_first():
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    server.accept()


{"turns": turns, "reset-first": reset_first}[sys.argv[1]]()
