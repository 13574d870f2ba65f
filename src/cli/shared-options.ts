/** Options that several commands share, read once and checked at the door. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { ownerOrListener } from "../core/accept-queue.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { FINDING_KINDS, type FindingKind } from "../core/finding.ts";
import type { TraceView } from "../core/trace.ts";
import { isTcpState, type TcpState } from "../event/tcp-state.ts";
import { parseDuration } from "../event/time.ts";
import { type Zone, zoneNamed } from "../event/zone.ts";
import { type Network, parseNetwork } from "../tui/network.ts";

/** Which endpoints a command speaks of; absent fields do not filter. */
export interface FilterOptions {
  readonly port?: readonly number[];
  readonly cidr?: readonly Cidr[];
  readonly pid?: number;
  readonly comm?: string;
  readonly netns?: number | "all";
  readonly state?: readonly TcpState[];
}

/** A network, as text and as its matcher. */
export type Cidr = Network;

/** `--threshold KIND=VALUE`, collected. */
export type Thresholds = Partial<Record<FindingKind, number>>;

export function parsePorts(text: string): number[] {
  return text.split(",").map((part) => {
    const port = Number(part);
    if (!/^\d+$/.test(part) || port < 1 || port > 65_535) {
      throw new InvalidArgumentError(`${JSON.stringify(part)} is no port, 1 to 65535.`);
    }
    return port;
  });
}

export function parseCidrs(text: string): Cidr[] {
  return text.split(",").map(parseCidr);
}

function parseCidr(text: string): Cidr {
  const network = parseNetwork(text);
  if (network !== null) return network;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no network, such as 10.0.0.0/8.`);
}

/** Pids and inodes of namespaces have 32 bits; the probes would not take more. */
const MOST = 0xffff_ffff;

export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > MOST) {
    throw new InvalidArgumentError(`It must be a whole number, at most ${MOST}.`);
  }
  return Number(text);
}

/** commander would make an empty text of an undefined, so that all namespaces have a word. */
function parseNetns(text: string): number | "all" {
  return text === "all" ? text : parseCount(text);
}

export function parseStates(text: string): TcpState[] {
  return text.split(",").map((part) => {
    const name = part.toUpperCase().replaceAll("-", "_").replace("FIN_WAIT_", "FIN_WAIT");
    if (!isTcpState(name)) {
      throw new InvalidArgumentError(`${JSON.stringify(part)} is no state, such as CLOSE_WAIT.`);
    }
    return name;
  });
}

/** What a letter behind a size multiplies it by, to bytes; none is bytes. */
export const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["K", 1024],
  ["M", 1024 ** 2],
  ["G", 1024 ** 3],
  ["T", 1024 ** 4],
]);

/** A duration such as `10s`, `5m`, `1h`, as milliseconds above 0. */
export function parseSpan(text: string): number {
  const ms = parseDuration(text);
  if (typeof ms === "string") throw new InvalidArgumentError(`${ms}.`);
  if (ms <= 0) throw new InvalidArgumentError("It must be longer than nothing.");
  return ms;
}

function parseThreshold(text: string, before: Thresholds = {}): Thresholds {
  const [kind = "", ...values] = text.split("=");
  const value = values.join("=");
  const known = FINDING_KINDS.find((each) => each === kind);
  if (known === undefined) {
    throw new InvalidArgumentError(`Kinds are ${FINDING_KINDS.join(", ")}.`);
  }
  const number = Number(value.replace(/[s%]$/, ""));
  if (value === "" || !Number.isFinite(number) || number < 0) {
    throw new InvalidArgumentError(`${JSON.stringify(value)} is no number; write ${kind}=10.`);
  }
  return { ...before, [known]: number };
}

/** `local` is the zone of whoever runs the program; everything else means the same everywhere. */
function parseZone(text: string): Zone {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const zone = zoneNamed(text === "local" ? timeZone : text);
  if (zone !== null) return zone;
  throw new InvalidArgumentError(
    `${JSON.stringify(text)} is no time zone, such as Europe/Berlin, +02:00 or local.`,
  );
}

export const portOption = new Option(
  "--port <n[,n]>",
  "only these ports, of either side",
).argParser(parsePorts);
export const cidrOption = new Option(
  "--cidr <net[,net]>",
  "only addresses in these networks, of either side",
).argParser(parseCidrs);
export const pidOption = new Option("--pid <n>", "only what this process holds").argParser(
  parseCount,
);
export const commOption = new Option("--comm <name>", "only what a process of this name holds");
export const netnsOption = new Option(
  "--netns <inode|all>",
  "only this network namespace (default: all)",
).argParser(parseNetns);
export const stateOption = new Option("--state <name[,name]>", "only these states").argParser(
  parseStates,
);

/** Add what `FilterOptions` is read from; gives the command back. */
export function addFilterOptions(command: Command): Command {
  const options = [portOption, cidrOption, pidOption, commOption, netnsOption, stateOption];
  for (const option of options) command.addOption(option);
  return command;
}

export const durationOption = new Option(
  "--duration <time>",
  "stop after this time: 10s, 5m, 1h",
).argParser(parseSpan);
export const thresholdOption = new Option(
  "--threshold <kind=value>",
  "when a finding fires; may be given several times",
).argParser(parseThreshold);
export const redactOption = new Option(
  "--redact",
  "made-up names and addresses, for good, as slice --redact",
);
export const tzOption = new Option(
  "--tz <zone>",
  "times in this zone, also those given: Europe/Berlin, +02:00, local (default: UTC)",
).argParser(parseZone);
export const detailOption = new Option(
  "--detail <level>",
  "how much the kernel hands over: every transition, a summary of each socket when it ends, or an aggregate, where what ends well is only counted; auto, the default, moves between them with the load",
).choices(["auto", "transitions", "summary", "aggregate"]);

/**
 * Whether an endpoint passes the filters.
 *
 * @param view knows who listens: what waits in an accept queue is its listener's
 */
export function matches(
  filter: FilterOptions,
  endpoint: Endpoint,
  view?: Pick<TraceView, "listenerOf">,
): boolean {
  const { tuple } = endpoint;
  const { port, cidr, pid, comm, netns, state } = filter;
  if (typeof netns === "number" && tuple.netns !== netns) return false;
  if (port && !port.includes(tuple.localPort) && !port.includes(tuple.remotePort)) return false;
  if (cidr && !cidr.some((net) => net.has(tuple.local) || net.has(tuple.remote))) return false;
  if (state && !state.includes(endpoint.state)) return false;
  if (pid === undefined && comm === undefined) return true;
  const owner = view === undefined ? endpoint.owner : ownerOrListener(endpoint, view);
  const holders = owner === null ? endpoint.holders : [owner, ...endpoint.holders];
  if (pid !== undefined && !holders.some((holder) => holder.pid === pid)) return false;
  return comm === undefined || holders.some((holder) => holder.comm === comm);
}

/** Whether any filter chooses among connections. */
export function isFiltered({ port, cidr, pid, comm, netns, state }: FilterOptions): boolean {
  const wanted = [port, cidr, pid, comm, netns === "all" ? undefined : netns, state];
  return wanted.some((each) => each !== undefined);
}

/** The filters that the probes apply, as a header and a screen state them. */
export function describeFilters({ port, cidr, netns }: FilterOptions): Record<string, unknown> {
  const networks = cidr?.map(({ text }) => text);
  return Object.fromEntries(
    Object.entries({ port, cidr: networks, netns }).filter(([, value]) => value !== undefined),
  );
}
