/** Dumps the TCP sockets of one network namespace. */

import { createReadStream, existsSync } from "node:fs";
import type { TcpState } from "../event/tcp-state.ts";
import { portPair } from "../event/tuple.ts";
import { readLines } from "./lines.ts";
import { type NamespaceTools, runInNamespace } from "./namespace-entry.ts";
import type { NetworkNamespace } from "./namespaces.ts";
import { type PortPairs, showsPair, ssPortFilter } from "./port-pairs.ts";
import { parseProcNetRow } from "./proc-net-row.ts";
import type { SocketRow } from "./socket-row.ts";
import { parseSsRow, ssFilter } from "./ss-row.ts";
import { findTool } from "./trusted-tool.ts";

/** The programs that a dump needs; null where this host has no trustworthy one. */
export interface SocketTableTools extends NamespaceTools {
  readonly ss: string | null;
  readonly cat: string | null;
}

/** Find the programs that a dump needs. */
export async function findSocketTableTools(): Promise<SocketTableTools> {
  const [ss, nsenter, cat] = await Promise.all(
    ["ss", "nsenter", "cat"].map((name) => findTool(name)),
  );
  return { ss: ss ?? null, nsenter: nsenter ?? null, cat: cat ?? null };
}

/** What to dump and how. */
export interface SocketDumpOptions {
  /** Only these states; the kernel itself leaves the others out. All when absent. */
  readonly states?: readonly TcpState[] | undefined;
  /** Only sockets with these ports; all when absent. */
  readonly ports?: PortPairs | undefined;
  /** Ask for byte counts too (`ss -i`): about five times the text. */
  readonly hasFigures?: boolean | undefined;
  readonly tools: SocketTableTools;
  readonly signal?: AbortSignal | undefined;
  /** After this time the dump has failed, milliseconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/**
 * Rows that exist at a time, of some hundred lines that come at once. With what is made of it a row
 * takes three kilobytes: those of all the lines outlive the young space of a trace and are moved to
 * the old one, 200 MB of them where 100,000 sockets are read.
 */
const ROWS_AT_A_TIME = 32;

/**
 * Yield the rows of a namespace, some at a time.
 *
 * The dump is no atomic picture: the kernel walks its hash table while sockets come and go, so a row
 * was true at some moment during the dump. Without ss it reads /proc/net/tcp, which knows no cookies
 * and costs the kernel more. Throws when the dump is incomplete for whatever reason, an unreadable
 * row included: a reader must never take the rows it got for all.
 */
export async function* dumpSockets(
  namespace: NetworkNamespace,
  options: SocketDumpOptions,
): AsyncGenerator<SocketRow[], void> {
  if (options.tools.ss === null) yield* dumpFromProc(namespace, options);
  else yield* dumpWithSs(namespace, options, options.tools.ss);
}

async function* dumpWithSs(
  namespace: NetworkNamespace,
  { states, ports, hasFigures, tools, signal, timeoutMs = TIMEOUT_MS }: SocketDumpOptions,
  path: string,
): AsyncGenerator<SocketRow[], void> {
  const filter = states === undefined ? [] : ssFilter(states);
  if (states !== undefined && filter.length === 0) return;
  const args = [hasFigures === true ? "-tanOHei" : "-tanOHe", ...filter];
  if (ports !== undefined) args.push(...ssPortFilter(ports));
  const only =
    filter.length === 2 ? (states?.find((state) => state !== "NEW_SYN_RECV") ?? "SYN_RECV") : null;
  const call = { path, args, timeoutMs, signal };
  for await (const lines of readLines(runInNamespace(namespace, call, tools), signal)) {
    const wanted = ports === undefined ? lines : lines.filter((line) => showsPair(line, ports));
    yield* parseAll(wanted, (line) => parseSsRow(line, namespace.inode, only));
  }
}

async function* dumpFromProc(
  namespace: NetworkNamespace,
  options: SocketDumpOptions,
): AsyncGenerator<SocketRow[], void> {
  const { states, ports } = options;
  const wanted = states === undefined ? null : new Set<TcpState>(states);
  const passes = (row: SocketRow) =>
    (wanted?.has(row.state) ?? true) &&
    (ports?.has(portPair(row.localPort, row.remotePort)) ?? true);
  for await (const lines of readLines(readTables(namespace, options), options.signal)) {
    const rows = lines.filter((line) => !line.includes("local_address"));
    for (const some of parseAll(rows, (line) => parseProcNetRow(line, namespace.inode))) {
      yield some.filter(passes);
    }
  }
}

async function* readTables(
  namespace: NetworkNamespace,
  { tools, signal, timeoutMs = TIMEOUT_MS }: SocketDumpOptions,
): AsyncGenerator<Buffer, void> {
  const tables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].filter((table) => existsSync(table));
  if (!namespace.isOwn) {
    if (tools.cat === null) throw new Error("neither ss (iproute2) nor cat is installed");
    yield* runInNamespace(namespace, { path: tools.cat, args: tables, timeoutMs, signal }, tools);
    return;
  }
  for (const table of tables) {
    yield* createReadStream(table, { highWaterMark: 65_536, ...(signal && { signal }) });
  }
}

function* parseAll(
  lines: readonly string[],
  parse: (line: string) => SocketRow | null,
): Generator<SocketRow[], void> {
  for (let at = 0; at < lines.length; at += ROWS_AT_A_TIME) {
    yield lines.slice(at, at + ROWS_AT_A_TIME).map((line) => {
      const row = parse(line);
      if (row === null)
        throw new Error(`not a row of the socket table: ${JSON.stringify(line.slice(0, 200))}`);
      return row;
    });
  }
}
