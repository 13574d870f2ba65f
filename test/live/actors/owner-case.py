"""One process (or a few) that treats a connection in the way that its first argument names.

Prints one line of JSON when the connection is as it shall stay: `pid` and `fd` of whoever holds it,
and `port`. Then it waits to be killed; its children die with it.
"""
import array
import ctypes
import json
import os
import resource
import signal
import socket
import sys
import threading
import time

LIBC = ctypes.CDLL(None)


def die_with_parent():
    LIBC.prctl(1, signal.SIGKILL)


def stay():
    while True:
        time.sleep(3600)


def say(pid, fd, port, **more):
    sys.stdout.write(json.dumps({"pid": pid, "fd": fd, "port": port, **more}) + "\n")
    sys.stdout.flush()


def listen():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener, listener.getsockname()[1]


def connected(data=b"x"):
    """An accepted connection whose client has sent something and closed."""
    listener, port = listen()
    client = socket.create_connection(("127.0.0.1", port))
    server, _ = listener.accept()
    client.sendall(data)
    client.close()
    return listener, server, port


def read_to_end(server):
    while server.recv(65536):
        pass


def leak():
    _, server, port = connected()
    read_to_end(server)
    say(os.getpid(), server.fileno(), port)
    stay()


def blocked():
    _, server, port = connected(b"y" * 500)
    say(os.getpid(), server.fileno(), port)
    stay()


def deadlock():
    """Eleven workers wait for a lock that nobody gives; the connection waits for them."""
    _, server, port = connected(b"")
    lock = threading.Lock()
    lock.acquire()
    for _ in range(11):
        threading.Thread(target=lock.acquire, daemon=True).start()
    say(os.getpid(), server.fileno(), port)
    stay()


def backlog():
    listener, port = listen()
    client = socket.create_connection(("127.0.0.1", port))
    client.close()
    say(os.getpid(), listener.fileno(), port)
    stay()


def inherited():
    """The parent closes; a child that it forked in between knows nothing of the descriptor."""
    _, server, port = connected()
    child = os.fork()
    if child == 0:
        die_with_parent()
        stay()
    read_to_end(server)
    fd = server.fileno()
    server.close()
    say(child, fd, port, parent=os.getpid())
    stay()


def wait_until_older(pid, ticks):
    """Until a process is so many hundredths of a second old, in which the kernel tells its start."""
    with open(f"/proc/{pid}/stat") as stat:
        started = int(stat.read().rpartition(")")[2].split()[19])
    while time.clock_gettime(time.CLOCK_BOOTTIME) * 100 < started + ticks:
        time.sleep(0.001)


def pass_on(serve, connection):
    """The acceptor hands a connection to a worker that it had forked before, and closes its own."""
    ours, theirs = socket.socketpair()
    worker = os.fork()
    if worker == 0:
        die_with_parent()
        _, extra, _, _ = theirs.recvmsg(1, socket.CMSG_SPACE(4))
        taken = socket.socket(fileno=array.array("i", extra[0][2])[0])
        serve(taken)
        theirs.sendall(bytes([taken.fileno()]))
        stay()
    # One that is as young as the connection could as well have been forked with it.
    wait_until_older(worker, 4)
    _, server, port = connection()
    ours.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [server.fileno()]))])
    server.close()
    say(worker, ours.recv(1)[0], port, parent=os.getpid())
    stay()


def passed():
    """The worker reads to the end and forgets to close."""
    pass_on(read_to_end, connected)


def prefork():
    """The parent listens; of two workers one accepts, reads the end and forgets to close."""
    listener, port = listen()
    reading, writing = os.pipe()
    for _ in range(2):
        if os.fork() == 0:
            die_with_parent()
            server, _ = listener.accept()
            read_to_end(server)
            os.write(writing, f"{os.getpid()} {server.fileno()}\n".encode())
            stay()
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"x")
    client.close()
    pid, fd = os.read(reading, 100).split()
    say(int(pid), int(fd), port, parent=os.getpid())
    stay()


def pool():
    """A pooled HTTP connection: answered, kept, and closed first by the server."""
    import http.client

    listener, port = listen()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.connect()
    server, _ = listener.accept()
    connection.request("GET", "/")
    server.recv(65536)
    server.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    connection.getresponse().read()
    fd = connection.sock.fileno()
    server.close()
    say(os.getpid(), fd, port)
    stay()


def limit():
    """Leaks until accept() finds no descriptor left."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    listener, port = listen()
    held = []
    child = os.fork()
    if child == 0:
        die_with_parent()
        listener.close()
        for _ in range(60):
            socket.create_connection(("127.0.0.1", port)).close()
        stay()
    try:
        while True:
            held.append(listener.accept()[0])
            read_to_end(held[-1])
    except OSError as error:
        say(os.getpid(), held[0].fileno(), port, errno=error.errno, leaked=len(held))
    stay()


def execed():
    """accept(), then exec() of another program that keeps the descriptor."""
    _, server, port = connected(b"")
    fd = server.fileno()
    server.set_inheritable(True)
    say(os.getpid(), fd, port)
    os.execv("/usr/bin/sleep", ["sleep", "3600"])


def uring():
    """accept() by io_uring, which enters no accept system call."""
    listener, port = listen()
    params = (ctypes.c_uint32 * 30)()
    ring = LIBC.syscall(425, 4, params)
    if ring < 0:
        say(os.getpid(), -1, port, unsupported=True)
        stay()
    import mmap
    sq_entries, cq_off, sq_off = params[0], params[20:30], params[10:20]
    rings = mmap.mmap(ring, sq_off[6] + sq_entries * 4, offset=0)
    sqes = mmap.mmap(ring, sq_entries * 64, offset=0x10000000)
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"x")
    client.close()
    sqes[0:64] = bytes([13, 0, 0, 0]) + listener.fileno().to_bytes(4, "little") + bytes(56)
    rings[sq_off[6]:sq_off[6] + 4] = (0).to_bytes(4, "little")
    rings[sq_off[1]:sq_off[1] + 4] = (1).to_bytes(4, "little")
    if LIBC.syscall(426, ring, 1, 1, 1, None, 0) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_enter")
    completions = mmap.mmap(ring, cq_off[5] + 64, offset=0x8000000)
    result = int.from_bytes(completions[cq_off[5] + 8:cq_off[5] + 12], "little", signed=True)
    if result < 0:
        raise OSError(-result, "accept by io_uring")
    server = socket.socket(fileno=result)
    read_to_end(server)
    say(os.getpid(), result, port)
    stay()


def stream():
    """Half-closed by the client and alive: the server goes on sending, the client reads."""
    listener, port = listen()
    client = socket.create_connection(("127.0.0.1", port))
    server, _ = listener.accept()
    client.shutdown(socket.SHUT_WR)
    read_to_end(server)
    say(os.getpid(), server.fileno(), port)
    while True:
        server.sendall(b"tick")
        client.recv(100)
        time.sleep(0.05)


def drain():
    """A proxy that is draining: client and proxy have shut their direction, the answer still flows."""
    behind, backend = listen()
    if os.fork() == 0:
        die_with_parent()
        server, _ = behind.accept()
        read_to_end(server)
        while True:
            server.sendall(b"tick")
            time.sleep(0.05)
    behind.close()
    listener, port = listen()
    if os.fork() == 0:
        die_with_parent()
        listener.close()
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        read_to_end(client)
        stay()
    downstream, _ = listener.accept()
    listener.close()
    upstream = socket.create_connection(("127.0.0.1", backend))
    while data := downstream.recv(65536):
        upstream.sendall(data)
    upstream.shutdown(socket.SHUT_WR)
    say(os.getpid(), downstream.fileno(), port, backend=backend)
    while data := upstream.recv(65536):
        downstream.sendall(data)
    stay()


def open_connection(request=b"x"):
    """An accepted connection whose client has sent something and waits; the client comes first."""
    listener, port = listen()
    client = socket.create_connection(("127.0.0.1", port))
    server, _ = listener.accept()
    client.sendall(request)
    return client, server, port


def handed():
    """The worker reads an open connection and answers."""
    pass_on(lambda taken: taken.sendall(taken.recv(100)), open_connection)


def forked():
    """A child reads an open connection; the parent, which accepted it, keeps it open and does nothing."""
    _client, server, port = open_connection()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        die_with_parent()
        server.recv(100)
        os.write(writing, b"!")
        stay()
    os.read(reading, 1)
    say(child, server.fileno(), port, parent=os.getpid())
    stay()


def longpoll():
    """A request that is answered late: nothing moves, and nobody has closed."""
    _client, server, port = open_connection(b"GET /events HTTP/1.1\r\n\r\n")
    server.recv(65536)
    say(os.getpid(), server.fileno(), port)
    stay()


globals()[sys.argv[1]]()
