/** Takes names and addresses out of a recording and leaves its stories as they are. */

import { type CountedGroup, plainGroup } from "./counts.ts";
import { isFields } from "./field-faults.ts";
import { hashBits, type KeyedHash } from "./keyed-hash.ts";
import type { RecordingHeader, SliceOrigin } from "./recording.ts";
import { redactAddress } from "./redact-address.ts";
import { FIELDS, type Treatment } from "./redact-fields.ts";
import { parseStartedAt } from "./time.ts";
import type { ThreadGroup, TraceEvent } from "./trace-event.ts";

export type { KeyedHash } from "./keyed-hash.ts";

type Lists = "counted" | "threads";

const CACHE_LIMIT = 65_536;
/** "task-" and so many digits are as long as the kernel lets a process name be. */
const NAME_DIGITS = 10;
const UNIT_KIND = /\.(?:service|scope|slice|socket|timer|mount|path|target)$/;
const WORD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const REASON = /^[A-Z][A-Z0-9_]{0,63}$/;
const KERNEL_WORD = /^(?:syscall \d{1,4}|[a-z_][a-z0-9_.]{0,63})$/;
const TIMERS: ReadonlySet<string> = new Set(["on", "keepalive", "timewait", "persist", "unknown"]);
const COUNTER = /^(?:Tcp|TcpExt|sockstat)\.[A-Za-z0-9_]{1,64}$/;
const SYSCTL = /^net\.(?:core|ipv4|ipv6)\.[a-z0-9_]{1,64}$/;
const NUMBERS = /^[0-9 ,-]*$/;
const VERSION = /^\d+(?:\.\d+){0,3}/;
const ID = /^[ef]\d+$/;
const MAX_INODE = 2n ** 53n;

/**
 * Replaces what tells whose host and whose traffic it was, the same way throughout one recording.
 *
 * Addresses become others of their kind (see `redactAddress`); process names, paths, command lines,
 * units, containers, pods and the host's name become a word and a hash; socket addresses and inodes
 * become other numbers. What this program does not know is left out. It cannot be undone without
 * the key of the hash, which nobody keeps. Counts, times, ports and process ids stay, and with
 * them all that they may tell to somebody who was there.
 */
export class Redactor {
  readonly #hash: KeyedHash;
  readonly #known = new Map<string, string>();

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** What a process of this name is called now. */
  comm(name: string): string {
    return this.#name("task", name);
  }

  /** What an address is now. */
  address(text: string): string {
    return this.#address(text);
  }

  /** Redact one event; it replays as the original does. */
  event<E extends TraceEvent>(event: E): E {
    const made: Record<string, unknown> = {};
    for (const [key, treatment] of Object.entries<Treatment>(FIELDS[event.type])) {
      const value = (event as unknown as Record<string, unknown>)[key];
      if (value !== undefined) made[key] = this.#field(value, treatment);
    }
    return made as unknown as E;
  }

  /** Redact a header; it says so then. */
  header(header: RecordingHeader): RecordingHeader {
    const { type, schema, program, startedAt, detail, probes, origin, netns, slice, part } = header;
    return {
      type,
      schema,
      program,
      version: versionIn(header.version),
      startedAt,
      bootId: this.#uuid(header.bootId),
      hostname: this.#name("host", header.hostname),
      kernel: versionIn(header.kernel),
      bpftrace: versionIn(header.bpftrace),
      probes: probes.filter((probe) => WORD.test(probe)),
      detail: WORD.test(detail) ? detail : "",
      filters: this.#filters(header.filters),
      sysctls: sysctlsIn(header.sysctls),
      ...(origin !== undefined && { origin }),
      ...(netns !== undefined && { netns }),
      ...(slice !== undefined && { slice: sliceIn(slice) }),
      ...(part !== undefined && { part }),
      ...(header.sampled !== undefined && { sampled: header.sampled }),
      redacted: true,
    };
  }

  #field(value: unknown, treatment: Treatment): unknown {
    switch (treatment) {
      case "keep":
        return value;
      case "inode":
        return this.#inode(value as number);
      case "counters":
        return entriesIn(value, (name) => COUNTER.test(name));
      case "sysctls":
        return sysctlsIn(value);
      case "counted":
        return (value as readonly CountedGroup[]).map(plainGroup);
      case "threads":
        return (value as readonly ThreadGroup[]).map(kernelWordsIn);
      default:
        return typeof value === "string" ? this.#text(value, treatment) : value;
    }
  }

  #text(
    text: string,
    treatment: Exclude<Treatment, "keep" | "counters" | "sysctls" | "inode" | Lists>,
  ) {
    switch (treatment) {
      case "address":
        return this.#address(text);
      case "socket":
        return this.#socket(text);
      case "comm":
        return this.#name("task", text);
      case "unit":
        return this.#name("unit", text) + (UNIT_KIND.exec(text)?.[0] ?? "");
      case "instant":
        return parseStartedAt(text) === null ? "" : text;
      case "reason":
        return REASON.test(text) ? text : "";
      case "timer":
        return TIMERS.has(text) ? text : "";
      default:
        return this.#name(treatment, text);
    }
  }

  #address(text: string): string {
    return this.#once(
      `address ${text}`,
      () => redactAddress(this.#hash, text) ?? this.#name("address", text),
    );
  }

  /** Any 64-bit number for any other: the chance that two fall together is that of the hash. */
  #socket(text: string): string {
    return this.#once(`socket ${text}`, () =>
      hashBits(this.#hash, `socket ${text}`, 64).toString(16),
    );
  }

  #inode(inode: number): number {
    if (inode === 0) return 0;
    const made = this.#once(`inode ${inode}`, () => {
      const bits = hashBits(this.#hash, `inode ${inode}`, 64) % (MAX_INODE - 1n);
      return String(bits + 1n);
    });
    return Number(made);
  }

  #name(kind: string, text: string): string {
    if (text === "") return "";
    return this.#once(`${kind} ${text}`, () => {
      const digits = this.#hash(`${kind} ${text}`).slice(0, NAME_DIGITS);
      return `${kind}-${digits}`;
    });
  }

  #uuid(text: string): string {
    const hex = this.#hash(`boot ${text}`);
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
    return [...parts, hex.slice(20, 32)].join("-");
  }

  /** Of a network only the prefix relation of a /24 or /64 is kept, so its text would mislead. */
  #filters(filters: RecordingHeader["filters"]): RecordingHeader["filters"] {
    const { comm, port, netns, pid, state } = filters;
    return {
      ...(typeof comm === "string" && { comm: this.#name("task", comm) }),
      ...(isNumbers(port) && { port }),
      ...(typeof netns === "number" && { netns }),
      ...(typeof pid === "number" && { pid }),
      ...(Array.isArray(state) && { state: state.filter(isWord) }),
      ...("cidr" in filters && { cidr: "redacted" }),
    };
  }

  #once(key: string, make: () => string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#known.size >= CACHE_LIMIT) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }
}

function versionIn(text: string): string {
  return VERSION.exec(text)?.[0] ?? "";
}

/** Sysctls of the network with numbers in them: a name in one would be anybody's. */
function sysctlsIn(values: unknown): Record<string, string> {
  return entriesIn(
    values,
    (name, value) => SYSCTL.test(name) && typeof value === "string" && NUMBERS.test(value),
  ) as Record<string, string>;
}

function entriesIn(
  values: unknown,
  passes: (name: string, value: unknown) => boolean,
): Record<string, unknown> {
  if (!isFields(values)) return {};
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => passes(name, value)));
}

function sliceIn({ from, to, of, endpoints, findings }: SliceOrigin): SliceOrigin {
  const { events, closedCleanly } = of;
  return {
    from,
    to,
    of: { to: of.to, events, closedCleanly },
    ...(endpoints !== undefined && { endpoints: endpoints.filter((id) => ID.test(id)) }),
    ...(findings !== undefined && { findings: findings.filter((id) => ID.test(id)) }),
  };
}

/** A kernel function has a C name; a system call too, or `syscall N`. */
function kernelWordsIn({ count, state, wchan, syscall, fd }: ThreadGroup): ThreadGroup {
  return {
    count,
    state: /^[A-Z]$/i.test(state) ? state : "?",
    wchan: wchan !== null && KERNEL_WORD.test(wchan) ? wchan : null,
    syscall: syscall !== null && KERNEL_WORD.test(syscall) ? syscall : null,
    fd,
  };
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

function isWord(value: unknown): boolean {
  return typeof value === "string" && WORD.test(value);
}
