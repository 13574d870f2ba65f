"""A host to scan: so many processes with so many descriptors each, and one that leaks sockets.

Arguments: processes, descriptors of each, leaked sockets. Prints `ready`, and ends them all when
its standard input is closed; they would end by themselves after five minutes.
"""
import os
import resource
import signal
import socket
import sys

processes, descriptors, sockets = (int(word) for word in sys.argv[1:4])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
null = os.open("/dev/null", os.O_RDWR)
inherited = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in range(3, descriptors)]
pids = []
try:
    for _ in range(processes):
        pids.append(os.posix_spawn("/usr/bin/sleep", ["sleep", "300"], {}, file_actions=inherited))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    held = []
    for _ in range(sockets):
        client = socket.create_connection(listener.getsockname())
        held.append(listener.accept()[0])
        client.close()
    print("ready", flush=True)
    sys.stdin.read()
finally:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
