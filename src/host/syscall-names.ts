/** Names of the system calls that threads wait in. */

/** Numbers of `arch/x86/entry/syscalls/syscall_64.tbl`. */
const X64: Readonly<Record<number, string>> = {
  0: "read",
  1: "write",
  7: "poll",
  17: "pread64",
  18: "pwrite64",
  19: "readv",
  20: "writev",
  23: "select",
  34: "pause",
  35: "nanosleep",
  40: "sendfile",
  42: "connect",
  43: "accept",
  44: "sendto",
  45: "recvfrom",
  46: "sendmsg",
  47: "recvmsg",
  61: "wait4",
  73: "flock",
  74: "fsync",
  75: "fdatasync",
  202: "futex",
  230: "clock_nanosleep",
  232: "epoll_wait",
  247: "waitid",
  270: "pselect6",
  271: "ppoll",
  275: "splice",
  281: "epoll_pwait",
  288: "accept4",
  299: "recvmmsg",
  307: "sendmmsg",
  128: "rt_sigtimedwait",
  130: "rt_sigsuspend",
  426: "io_uring_enter",
  441: "epoll_pwait2",
};

/** Numbers of `include/uapi/asm-generic/unistd.h`. */
const ARM64: Readonly<Record<number, string>> = {
  22: "epoll_pwait",
  32: "flock",
  63: "read",
  64: "write",
  65: "readv",
  66: "writev",
  67: "pread64",
  68: "pwrite64",
  71: "sendfile",
  72: "pselect6",
  73: "ppoll",
  76: "splice",
  82: "fsync",
  83: "fdatasync",
  95: "waitid",
  98: "futex",
  101: "nanosleep",
  115: "clock_nanosleep",
  133: "rt_sigsuspend",
  137: "rt_sigtimedwait",
  202: "accept",
  203: "connect",
  206: "sendto",
  207: "recvfrom",
  211: "sendmsg",
  212: "recvmsg",
  242: "accept4",
  243: "recvmmsg",
  260: "wait4",
  269: "sendmmsg",
  426: "io_uring_enter",
  441: "epoll_pwait2",
};

/** Calls whose first argument is the descriptor that is waited for. */
const ON_DESCRIPTOR: ReadonlySet<string> = new Set([
  "read",
  "write",
  "readv",
  "writev",
  "pread64",
  "pwrite64",
  "connect",
  "accept",
  "accept4",
  "sendto",
  "recvfrom",
  "sendmsg",
  "recvmsg",
  "sendmmsg",
  "recvmmsg",
  "epoll_wait",
  "epoll_pwait",
  "epoll_pwait2",
  "io_uring_enter",
  "fsync",
  "fdatasync",
  "flock",
  "sendfile",
  "splice",
]);

/** The call with this number, or null where the architecture or the call is not in the tables. */
export function syscallName(number: number, architecture: string = process.arch): string | null {
  const table = architecture === "x64" ? X64 : architecture === "arm64" ? ARM64 : {};
  return table[number] ?? null;
}

/** Whether the call's first argument is a descriptor. */
export function takesDescriptor(name: string): boolean {
  return ON_DESCRIPTOR.has(name);
}
