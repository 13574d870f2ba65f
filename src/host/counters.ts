/** Reads the kernel's counters that speak about teardowns. */

import { readlinkSync } from "node:fs";
import { ParsedFile, readSmallFile } from "./kept-file.ts";
import { type FileTools, readNamespaceFiles } from "./namespace-files.ts";
import { type NetworkNamespace, parseNamespaceLink } from "./namespaces.ts";

/** The wanted columns of /proc/net/netstat and /proc/net/snmp, by the prefix of their lines. */
const WANTED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "TcpExt",
    new Set([
      "TW",
      "TWKilled",
      "TWRecycled",
      "TCPTimeWaitOverflow",
      "TCPAbortOnClose",
      "TCPAbortOnData",
      "TCPAbortOnLinger",
      "TCPAbortOnTimeout",
      "TCPAbortOnMemory",
      "TCPAbortFailed",
      "TCPTimeouts",
      "TCPLossProbes",
      "TCPLostRetransmit",
      "TCPRetransFail",
      "TCPSynRetrans",
      "TCPDSACKOldSent",
      "EmbryonicRsts",
      "ListenOverflows",
    ]),
  ],
  [
    "Tcp",
    new Set([
      "ActiveOpens",
      "PassiveOpens",
      "AttemptFails",
      "EstabResets",
      "RetransSegs",
      "OutRsts",
    ]),
  ],
]);

/** A pair of lines as it was last read: a host at rest says the same each second. */
interface KnownLines {
  readonly names: string;
  readonly values: string;
  /** Wanted names, each with its column. */
  readonly columns: readonly (readonly [name: string, column: number])[];
  readonly counters: Readonly<Record<string, number>>;
}

const known = new Map<string, KnownLines>();

/**
 * Parse netstat or snmp: pairs of lines with one prefix, names first, values second.
 *
 * Names are flat, `TcpExt.TCPTimeouts`; the order of columns differs between kernels.
 */
export function parseCounters(text: string): Record<string, number> {
  const counters: Record<string, number> = {};
  const lines = text.split("\n");
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const names = lines[at] ?? "";
    const prefix = names.slice(0, Math.max(0, names.indexOf(":")));
    const wanted = WANTED.get(prefix);
    if (wanted !== undefined) {
      Object.assign(counters, parseLines(prefix, wanted, names, lines[at + 1] ?? ""));
    }
  }
  return counters;
}

function parseLines(
  prefix: string,
  wanted: ReadonlySet<string>,
  names: string,
  values: string,
): Readonly<Record<string, number>> {
  const last = known.get(prefix);
  if (last?.names === names && last.values === values) return last.counters;
  const columns = last?.names === names ? last.columns : columnsOf(names, wanted);
  const words = values.split(" ");
  const counters: Record<string, number> = {};
  for (const [name, column] of words[0] === `${prefix}:` ? columns : []) {
    const value = Number(words[column]);
    if (Number.isSafeInteger(value)) counters[`${prefix}.${name}`] = value;
  }
  known.set(prefix, { names, values, columns, counters });
  return counters;
}

function columnsOf(names: string, wanted: ReadonlySet<string>): KnownLines["columns"] {
  const all = names.split(" ").map((name, column) => [name, column] as const);
  return all.filter(([name]) => wanted.has(name));
}

/**
 * Parse sockstat or sockstat6: `sockstat.tw` and so on, `sockstat.inuse6` for IPv6.
 *
 * `inuse` and `tw` count this namespace alone; `orphan` (full sockets only), `alloc` and `mem` (pages)
 * the whole host, whichever namespace is read.
 */
export function parseSockstat(text: string): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const [protocol, ...words] = line.split(" ");
    if (protocol !== "TCP:" && protocol !== "TCP6:") continue;
    for (let i = 0; i + 1 < words.length; i += 2) {
      const name = `sockstat.${words[i]}${protocol === "TCP6:" ? "6" : ""}`;
      const value = Number(words[i + 1]);
      if (Number.isSafeInteger(value)) counters[name] = value;
    }
  }
  return counters;
}

const FILES = ["netstat", "snmp", "sockstat", "sockstat6"] as const;

type Counters = Readonly<Record<string, number>>;

const OWN = FILES.map((file) => {
  const parse = file.startsWith("sockstat") ? parseSockstat : parseCounters;
  return new ParsedFile<Counters>(`/proc/self/net/${file}`, parse);
});

let own: { readonly parts: readonly (Counters | null)[]; readonly counters: Counters } | null =
  null;

/** The same object as before while all files say the same. */
function readOwn(): Counters {
  const parts = OWN.map((file) => file.read());
  if (own === null || parts.some((part, i) => part !== own?.parts[i])) {
    own = { parts, counters: Object.assign({}, ...parts) };
  }
  return own.counters;
}

/**
 * Read the counters of a namespace, through a process in it where there is one.
 *
 * Throws when the namespace cannot be entered.
 */
export async function readCounters(
  namespace: NetworkNamespace,
  tools: FileTools,
  signal?: AbortSignal,
): Promise<Counters> {
  if (namespace.isOwn) return readOwn();
  const texts = readThroughProcess(namespace) ?? (await readByEntering(namespace, tools, signal));
  const [netstat = "", snmp = "", sockstat = "", sockstat6 = ""] = texts;
  return {
    ...parseCounters(netstat),
    ...parseCounters(snmp),
    ...parseSockstat(sockstat),
    ...parseSockstat(sockstat6),
  };
}

/**
 * Read /proc/PID/net; null when the process is gone or lives elsewhere by now.
 *
 * Whether it is still in the namespace is asked after the reading: then it was during it.
 */
function readThroughProcess({ pid, inode }: NetworkNamespace): string[] | null {
  if (pid === null) return null;
  const texts = FILES.map((file) => readSmallFile(`/proc/${pid}/net/${file}`) ?? "");
  return parseNamespaceLink(linkOf(pid)) === inode && texts[0] !== "" ? texts : null;
}

function linkOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return "";
  }
}

async function readByEntering(
  namespace: NetworkNamespace,
  tools: FileTools,
  signal?: AbortSignal,
): Promise<string[]> {
  const paths = FILES.map((file) => `/proc/self/net/${file}`);
  const files = await readNamespaceFiles(namespace, paths, tools, signal);
  return paths.map((path) => files.get(path) ?? "");
}
