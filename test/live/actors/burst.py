"""Connects that are refused, as fast as the CPUs make them, until stdin ends.

Each is a socket opened, a SYN, a RST and two changes of state, for three system calls: many times
what connections could send that are accepted and closed.

Usage: burst.py PROCESSES    says that it begins, and ends with the number of connects
"""

import os
import socket
import sys

AT_ONCE = 100


def refused(address, ended, out):
    os.set_blocking(ended, False)
    connects = 0
    while True:
        for _ in range(AT_ONCE):
            client = socket.socket()
            client.connect_ex(address)
            client.close()
        connects += AT_ONCE
        try:
            os.read(ended, 1)
            break
        except BlockingIOError:
            pass
    os.write(out, f"{connects}\n".encode())


def main():
    begin, end = os.pipe()
    read, write = os.pipe()
    # Bound and never listening: nobody else gets the port.
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    pids = []
    print("begins", flush=True)
    for _ in range(int(sys.argv[1])):
        pid = os.fork()
        if pid == 0:
            os.close(end)
            refused(one.getsockname(), begin, write)
            os._exit(0)
        pids.append(pid)
    sys.stdin.read()
    os.close(end)
    for pid in pids:
        os.waitpid(pid, 0)
    print(sum(int(line) for line in os.read(read, 65536).splitlines()), flush=True)


main()
