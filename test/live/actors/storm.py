"""A fork bomb of short connections, then one connection in each of many namespaces.

Usage: storm.py PROCESSES NAMESPACES    prints the inode of each namespace, a line each
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def connect_once(listener):
    client = socket.socket()
    client.connect(listener.getsockname())
    accepted = listener.accept()[0]
    client.close()
    accepted.close()


def listening():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    return listener


def fork_bomb(count):
    for _ in range(count):
        if os.fork() == 0:
            connect_once(listening())
            os._exit(0)
    for _ in range(count):
        os.wait()


def in_a_new_namespace():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    connect_once(listening())
    print(os.stat("/proc/self/ns/net").st_ino, flush=True)
    # Held open, so that no inode is given away twice.
    return os.open("/proc/self/ns/net", os.O_RDONLY)


fork_bomb(int(sys.argv[1]))
held = [in_a_new_namespace() for _ in range(int(sys.argv[2]))]
