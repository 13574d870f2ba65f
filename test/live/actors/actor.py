#!/usr/bin/python3
"""One end of a scripted connection: JSON commands on stdin, JSON answers on stdout.

Sockets live under names that the script chooses, so nothing closes unless a command says so.
Commands that may block run on a thread of their own; all others run in order on the main thread.
Descriptor 3 is the lifeline: when the harness goes away it reaches its end and everything here,
forked children included, goes away too.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time

LIFELINE = 3
MPTCP = 262
PR_SET_NAME = 15
BLOCKING = {"accept", "connect", "recv", "eof", "send", "close", "take", "captured"}
CHUNK = b"x" * 65536

sockets = {}
wires = {}
answer_lock = threading.Lock()


def answer(reply):
    with answer_lock:
        os.write(1, (json.dumps(reply) + "\n").encode())


def set_comm(name):
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def family(name):
    return socket.AF_INET if name == 4 else socket.AF_INET6


def mailbox(pid):
    return f"\0lt-box-{pid}"


def new_socket(cmd):
    protocol = MPTCP if cmd.get("mptcp") else 0
    sock = socket.socket(family(cmd["family"]), socket.SOCK_STREAM, protocol)
    if cmd["family"] != 4:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    set_options(sock, cmd.get("options", {}))
    return sock


def set_options(sock, options):
    tcp = {"userTimeout": 18, "synCount": 7, "linger2": 8, "quickAck": 12, "cork": 3, "noDelay": 1}
    generic = {
        "rcvbuf": socket.SO_RCVBUF,
        "sndbuf": socket.SO_SNDBUF,
        "reuseAddr": socket.SO_REUSEADDR,
        "reusePort": socket.SO_REUSEPORT,
    }
    for name, value in options.items():
        if name == "linger":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, value))
        elif name == "keepalive":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, seconds in zip((4, 5, 6), value):
                sock.setsockopt(socket.IPPROTO_TCP, option, seconds)
        elif name in tcp:
            sock.setsockopt(socket.IPPROTO_TCP, tcp[name], value)
        else:
            sock.setsockopt(socket.SOL_SOCKET, generic[name], value)


def end(pair):
    return {"address": pair[0], "port": pair[1]}


def do_listen(cmd):
    sock = new_socket(cmd)
    sock.bind((cmd["host"], cmd["port"]))
    sock.listen(cmd.get("backlog", 16))
    sockets[cmd["as"]] = sock
    return {"local": end(sock.getsockname())}


def do_accept(cmd):
    child, peer = sockets[cmd["sock"]].accept()
    sockets[cmd["as"]] = child
    return {"local": end(child.getsockname()), "remote": end(peer), "fd": child.fileno()}


def do_connect(cmd):
    sock = new_socket(cmd)
    sockets[cmd["as"]] = sock
    if "bind" in cmd:
        sock.bind((cmd["bind"]["host"], cmd["bind"]["port"]))
    target = (cmd["host"], cmd["port"])
    if cmd.get("wait", True):
        try:
            sock.connect(target)
        except OSError:
            if not cmd.get("keep"):
                sockets.pop(cmd["as"]).close()
            raise
    else:
        sock.setblocking(False)
        code = sock.connect_ex(target)
        sock.setblocking(True)
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))
    return {"local": end(sock.getsockname()), "fd": sock.fileno()}


def do_send(cmd):
    sock = sockets[cmd["sock"]]
    left = cmd["bytes"]
    while left > 0:
        left -= sock.send(CHUNK[:left], socket.MSG_NOSIGNAL)
    return {"bytes": cmd["bytes"]}


def do_say(cmd):
    """Send a text, for servers that want their protocol spoken."""
    sockets[cmd["sock"]].sendall(cmd["text"].encode())
    return {}


def do_fill(cmd):
    """Send without blocking until the kernel takes no more: window and send buffer are full."""
    sock, total = sockets[cmd["sock"]], 0
    try:
        while True:
            total += sock.send(CHUNK, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    except BlockingIOError:
        return {"bytes": total}


def do_recv(cmd):
    sock, left = sockets[cmd["sock"]], cmd["bytes"]
    while left > 0:
        data = sock.recv(min(left, 65536))
        if not data:
            break
        left -= len(data)
    return {"bytes": cmd["bytes"] - left, "eof": left > 0}


def do_eof(cmd):
    """Read to the end of the stream, then at once close if `andClose` says so."""
    sock, total = sockets[cmd["sock"]], 0
    while True:
        data = sock.recv(65536)
        if not data:
            break
        total += len(data)
    if cmd.get("andClose"):
        sockets.pop(cmd["sock"]).close()
    return {"bytes": total, "eof": True}


def do_shutdown(cmd):
    how = {"rd": socket.SHUT_RD, "wr": socket.SHUT_WR, "rdwr": socket.SHUT_RDWR}[cmd["how"]]
    sockets[cmd["sock"]].shutdown(how)
    return {}


def do_set(cmd):
    set_options(sockets[cmd["sock"]], cmd["options"])
    return {}


def do_close(cmd):
    began = time.monotonic()
    sockets.pop(cmd["sock"]).close()
    return {"ms": (time.monotonic() - began) * 1000}


def do_dup(cmd):
    sockets[cmd["as"]] = sockets[cmd["sock"]].dup()
    return {}


def do_fork(cmd):
    """Fork a child that keeps every descriptor; SIGUSR1 makes it close them and live on."""
    pid = os.fork()
    if pid:
        return {"pid": pid}
    held = list(sockets.values())
    signal.signal(signal.SIGUSR1, lambda *_: [sock.close() for sock in held])
    set_comm(cmd.get("comm", "lt-child"))
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.read(LIFELINE, 1)
    os._exit(0)


def do_reap(cmd):
    os.waitpid(cmd["pid"], 0)
    return {}


def do_give(cmd):
    post = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    post.connect(mailbox(cmd["pid"]))
    socket.send_fds(post, [b"fd"], [sockets[cmd["sock"]].fileno()])
    post.close()
    return {}


def do_take(cmd):
    _, fds, _, _ = socket.recv_fds(box, 16, 1)
    sockets[cmd["as"]] = socket.socket(fileno=fds[0])
    return {"fd": fds[0]}


def do_rlimit(cmd):
    resource.setrlimit(resource.RLIMIT_NOFILE, (cmd["files"], cmd["files"]))
    return {}


def do_exit(cmd):
    os._exit(cmd.get("code", 0))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp_part(frame):
    """Offset and length of the TCP header and payload of an Ethernet frame, or None."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == 0x0800 and frame[23] == 6:
        header = (frame[14] & 15) * 4
        return 14 + header, struct.unpack_from("!H", frame, 16)[0] - header
    if kind == 0x86DD and frame[20] == 6:
        return 54, struct.unpack_from("!H", frame, 18)[0]
    return None


def finish(frame):
    """Fill in the TCP checksum: a frame captured on a veth carries only the unfinished one."""
    start, length = tcp_part(frame)
    ends = bytes(frame[26:34]) if frame[12:14] == b"\x08\x00" else bytes(frame[22:54])
    struct.pack_into("!H", frame, start + 16, 0)
    pseudo = ends + struct.pack("!II", length, 6)
    value = checksum(pseudo + bytes(frame[start : start + length]))
    struct.pack_into("!H", frame, start + 16, value)
    return bytes(frame[: start + length])


def do_capture(cmd):
    """Keep each outgoing TCP frame of the device that has all the given TCP flags."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    wire.bind((cmd["device"], 0))
    wires[cmd["as"]] = (wire, cmd["flags"])
    return {}


def do_captured(cmd):
    """Wait for the first frame that the wire's flags select; answer with it in hex."""
    wire, flags = wires[cmd["wire"]]
    while True:
        frame, origin = wire.recvfrom(65536)
        part = tcp_part(frame) if origin[2] == socket.PACKET_OUTGOING else None
        if part and frame[part[0] + 13] & flags == flags:
            return {"frame": frame.hex()}


def do_inject(cmd):
    """Send a captured frame again, marked by its source MAC, with other flags or numbers if told."""
    frame = bytearray.fromhex(cmd["frame"])
    start, _ = tcp_part(frame)
    frame[6:12] = bytes.fromhex("020000000001")
    if "flags" in cmd:
        frame[start + 13] = cmd["flags"]
    sequence = struct.unpack_from("!I", frame, start + 4)[0]
    struct.pack_into("!I", frame, start + 4, (sequence + cmd.get("advance", 0)) & 0xFFFFFFFF)
    wires[cmd["wire"]][0].send(finish(frame))
    return {}


def run(cmd):
    try:
        answer({"id": cmd["id"], "ok": globals()["do_" + cmd["op"]](cmd)})
    except OSError as problem:
        code = errno.errorcode.get(problem.errno, "UNKNOWN")
        answer({"id": cmd["id"], "error": code, "text": str(problem)})
    except Exception as problem:
        answer({"id": cmd["id"], "error": "BUG", "text": repr(problem)})


def watch_lifeline():
    os.read(LIFELINE, 1)
    os.kill(os.getpid(), signal.SIGKILL)


set_comm(sys.argv[1])
box = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
box.bind(mailbox(os.getpid()))
threading.Thread(target=watch_lifeline, daemon=True).start()
answer({"ready": os.getpid()})
for line in sys.stdin:
    command = json.loads(line)
    if command["op"] in BLOCKING:
        threading.Thread(target=run, args=(command,), daemon=True).start()
    else:
        run(command)
os._exit(0)
