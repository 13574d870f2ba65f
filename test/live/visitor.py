"""Visits network namespaces for a harness that looks into many of them, again and again.

One JSON request a line on stdin, one JSON answer a line on stdout: what starting a program in the
namespace would take thirty milliseconds of a CPU for takes a tenth of one. Between two requests it
is back in its own namespace, so that it keeps none alive.
"""

import ctypes
import json
import os
import sys

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
own = os.open("/proc/self/ns/net", os.O_RDONLY)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def read(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        pieces = []
        while piece := os.read(fd, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces).decode()
    finally:
        os.close(fd)


def write(path, value):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)


def visit(request):
    namespace = os.open(request["path"], os.O_RDONLY)
    try:
        enter(namespace)
        try:
            for path, value in request.get("write", {}).items():
                write(path, value)
            return "".join(read(path) for path in request.get("read", []))
        finally:
            enter(own)
    finally:
        os.close(namespace)


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"id": request["id"], "text": visit(request)}
    except OSError as problem:
        answer = {"id": request["id"], "error": str(problem)}
    print(json.dumps(answer), flush=True)
