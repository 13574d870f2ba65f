/** Finds out what this kernel offers to a tracer, by looking and never by its version. */

import { constants } from "node:fs";
import { access, readFile, readlink } from "node:fs/promises";
import { hostname, release } from "node:os";
import { type CapabilityName, parseCapabilities } from "./capabilities.ts";
import { parseCgroup } from "./cgroup.ts";
import { hasKernelSymbol } from "./kernel-symbol.ts";
import { readTickRate } from "./tick-rate.ts";
import { parseFormatFields, parseFormatSymbols } from "./tracepoint-format.ts";

/** The tracepoints that probes can use. */
export const TRACEPOINTS = [
  "sock:inet_sock_set_state",
  "tcp:tcp_retransmit_skb",
  "tcp:tcp_send_reset",
  "tcp:tcp_receive_reset",
  "tcp:tcp_destroy_sock",
  "skb:kfree_skb",
  "sock:sock_recv_length",
  "timer:timer_expire_entry",
  "syscalls:sys_exit_accept",
  "syscalls:sys_exit_accept4",
  "syscalls:sys_enter_umask",
  "power:cpu_idle",
] as const;

/** One of them. */
export type TracepointName = (typeof TRACEPOINTS)[number];

/** What the host offers; plain values, so that a test can make a host up. */
export interface KernelFacts {
  readonly release: string;
  readonly hostname: string;
  readonly bootId: string;
  readonly architecture: string;
  /** CPUs that run now, and those that could: per-CPU sequence numbers count over the latter. */
  readonly cpus: number;
  readonly possibleCpus: number;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  /** Whether the kernel describes its own types, so that probes can walk structs. */
  readonly hasBtf: boolean;
  /** Where tracefs is mounted, null when nowhere. */
  readonly tracefs: string | null;
  /** Whether its events are ours to read; without that `tracepoints` says nothing. */
  readonly isTracefsReadable: boolean;
  /** Field names of each tracepoint, null for one that this kernel lacks or does not show. */
  readonly tracepoints: Readonly<Record<TracepointName, ReadonlySet<string> | null>>;
  /** The kernel's reset reasons by number, in its own words; empty before 6.12. */
  readonly resetReasons: ReadonlyMap<number, string>;
  /** Timer ticks per second, null where unknown. */
  readonly hz: number | null;
  /** Whether the timer function of time-wait mini-sockets can be told by its name. */
  readonly hasTimeWaitTimer: boolean;
  /** Kernel lockdown: `none`, `integrity`, `confidentiality`; null when not shown. */
  readonly lockdown: string | null;
  /** `kernel.unprivileged_bpf_disabled`, null when not shown. */
  readonly unprivilegedBpfDisabled: number | null;
  readonly isRoot: boolean;
  /** Whether root here is root of the host: false within a user namespace. */
  readonly isInitialUserNamespace: boolean;
  readonly capabilities: ReadonlySet<CapabilityName>;
  /** Signs that this program runs in a container. */
  readonly containerHints: readonly string[];
}

const TRACEFS = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] as const;
const BTF = "/sys/kernel/btf/vmlinux";

/** `PROC_USER_INIT_INO` of include/linux/proc_ns.h. */
const INITIAL_USER_NAMESPACE = "user:[4026531837]";

/** Look at the host. Never throws: what cannot be read is reported as absent. */
export async function readKernelFacts(): Promise<KernelFacts> {
  // Five megabytes that the kernel writes as they are read; all else is read meanwhile.
  const hasTimeWaitTimer = hasKernelSymbol("tw_timer_handler");
  const { tracefs, isTracefsReadable } = await findTracefs();
  const formats = await readFormats(tracefs);
  const status = await read("/proc/self/status");
  const meminfo = await read("/proc/meminfo");
  const unprivileged = await read("/proc/sys/kernel/unprivileged_bpf_disabled");
  const boot = await read("/proc/sys/kernel/random/boot_id");
  const online = await read("/sys/devices/system/cpu/online");
  const possible = await read("/sys/devices/system/cpu/possible");
  return {
    release: release(),
    hostname: hostname(),
    bootId: boot.trim(),
    architecture: process.arch,
    cpus: countCpus(online),
    possibleCpus: countCpus(possible),
    memory: {
      totalBytes: parseMemory(meminfo, "MemTotal"),
      availableBytes: parseMemory(meminfo, "MemAvailable"),
    },
    hasBtf: await isReadable(BTF),
    tracefs,
    isTracefsReadable,
    tracepoints: fieldsOf(formats),
    resetReasons: parseFormatSymbols(formats.get("tcp:tcp_send_reset") ?? "", "reason"),
    hz: await readTickRate(release()),
    hasTimeWaitTimer: await hasTimeWaitTimer,
    lockdown: parseLockdown(await read("/sys/kernel/security/lockdown")),
    unprivilegedBpfDisabled: unprivileged === "" ? null : Number(unprivileged),
    isRoot: process.geteuid?.() === 0,
    isInitialUserNamespace: (await link("/proc/self/ns/user")) === INITIAL_USER_NAMESPACE,
    capabilities: parseCapabilities(status),
    containerHints: await findContainerHints(),
  };
}

async function findTracefs(): Promise<{ tracefs: string | null; isTracefsReadable: boolean }> {
  for (const tracefs of TRACEFS) {
    try {
      await access(`${tracefs}/events`, constants.R_OK | constants.X_OK);
      return { tracefs, isTracefsReadable: true };
    } catch (error) {
      const isRefused = (error as NodeJS.ErrnoException).code === "EACCES";
      if (isRefused) return { tracefs, isTracefsReadable: false };
    }
  }
  return { tracefs: null, isTracefsReadable: false };
}

async function readFormats(tracefs: string | null): Promise<Map<TracepointName, string>> {
  const formats = new Map<TracepointName, string>();
  if (tracefs === null) return formats;
  for (const name of TRACEPOINTS) {
    const format = await read(`${tracefs}/events/${name.replace(":", "/")}/format`);
    if (format !== "") formats.set(name, format);
  }
  return formats;
}

function fieldsOf(formats: ReadonlyMap<TracepointName, string>): KernelFacts["tracepoints"] {
  const entries = TRACEPOINTS.map((name) => {
    const format = formats.get(name);
    return [name, format === undefined ? null : parseFormatFields(format)] as const;
  });
  return Object.fromEntries(entries) as KernelFacts["tracepoints"];
}

async function findContainerHints(): Promise<string[]> {
  const hints: string[] = [];
  for (const file of ["/.dockerenv", "/run/.containerenv"]) {
    if (await isReadable(file)) hints.push(`${file} exists`);
  }
  if (process.env.container) hints.push("the environment variable container is set");
  const { container } = parseCgroup(await read("/proc/self/cgroup"));
  if (container !== null) hints.push(`the control group is that of ${container}`);
  return hints;
}

/** The number of CPUs in a list such as `0-3,8`; 0 for no list. */
export function countCpus(list: string): number {
  return list
    .trim()
    .split(",")
    .filter((range) => range !== "")
    .reduce((sum, range) => {
      const [from, to = from] = range.split("-").map(Number);
      return sum + ((to ?? 0) - (from ?? 0) + 1);
    }, 0);
}

/** One line of /proc/meminfo in bytes, 0 when it is missing. */
export function parseMemory(meminfo: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo);
  return match === null ? 0 : Number(match[1]) * 1024;
}

/** The word in brackets of `none [integrity] confidentiality`. */
export function parseLockdown(text: string): string | null {
  return /\[(\w+)\]/.exec(text)?.[1] ?? null;
}

function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

function link(path: string): Promise<string | null> {
  return readlink(path).catch(() => null);
}

function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
