"""A connection in each of many namespaces, and a fork bomb of short ones beside them.

Usage: storm.py PROCESSES NAMESPACES

Prints [[inode of the namespace, port of the client]] as a line of JSON when the connections stand.
At a line on stdin the bomb goes off and the connections are closed, the clients first; then it
prints `done`, and holds the namespaces until stdin ends: whoever goes gives its inode to the next.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
libc = ctypes.CDLL(None, use_errno=True)


def forked(run):
    """A child that ends with its parent, whatever becomes of that."""
    pid = os.fork()
    if pid == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        run()
        os._exit(0)
    return pid


def connected():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    client = socket.socket()
    client.connect(listener.getsockname())
    return client, listener.accept()[0]


def connect_once():
    for end in connected():
        end.close()


def fork_bomb(count):
    for _ in range(count):
        if os.fork() == 0:
            connect_once()
            os._exit(0)
    for _ in range(count):
        os.wait()


def in_a_new_namespace(until_closing, until_the_end, out):
    """Hold a connection, and go on whenever a pipe closes."""
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    ends = connected()
    told = [os.stat("/proc/self/ns/net").st_ino, ends[0].getsockname()[1]]
    os.write(out, json.dumps(told).encode() + b"\n")
    os.read(until_closing, 1)
    for end in ends:
        end.close()
    os.write(out, b"closed\n")
    os.read(until_the_end, 1)


def lines(descriptor, count):
    text = b""
    while text.count(b"\n") < count:
        piece = os.read(descriptor, 65536)
        if not piece:
            raise EOFError("a namespace could not be made")
        text += piece
    return text.splitlines()


def main():
    bombs, namespaces = (int(figure) for figure in sys.argv[1:])
    closing, closes = os.pipe()
    ending, ends = os.pipe()
    read, write = os.pipe()

    def stay():
        os.close(closes)
        os.close(ends)
        in_a_new_namespace(closing, ending, write)

    pids = [forked(stay) for _ in range(namespaces)]
    os.close(write)
    print(json.dumps([json.loads(line) for line in lines(read, namespaces)]), flush=True)
    sys.stdin.readline()
    fork_bomb(bombs)
    os.close(closes)
    lines(read, namespaces)
    print("done", flush=True)
    sys.stdin.read()
    os.close(ends)
    for pid in pids:
        os.waitpid(pid, 0)


main()
