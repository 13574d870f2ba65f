/** What the probes filter themselves, so that nothing is handed over that nobody wants. */

import { isIP } from "node:net";
import type { SocketTuple, TraceEvent } from "../event/trace-event.ts";
import { MAX_PORTS, programParameters } from "./probe-program.ts";

/** A network such as `10.0.0.0/8`, as text and as its matcher. */
export interface FilterNetwork {
  readonly text: string;
  has(address: string): boolean;
}

/** What to trace. */
export interface WantedTraffic {
  /** Namespace inode, null for all. */
  readonly netns?: number | null;
  readonly ports?: readonly number[];
  readonly networks?: readonly FilterNetwork[];
}

/**
 * Most networks that the probes compare, an IPv6 one counting as two: each address that is read
 * takes of the 512 bytes of stack, of which a fragment's own record leaves room for so many.
 */
export const MAX_NETWORKS = 4;

/** A network as the probes compare it: 32-bit words with their masks, as the kernel holds them. */
type Words = readonly { readonly mask: number; readonly value: number }[];

/** Namespace, ports and networks of which the probes are told; all of a kind where there are too many. */
export class KernelFilter {
  readonly #netns: number | null;
  readonly #ports: readonly number[];
  readonly #networks: readonly FilterNetwork[];
  readonly #words: readonly Words[];
  /** A sentence for each kind of filter that is left to user space. */
  readonly left: readonly string[];

  /** @param hasBtf without it the probes cannot read a socket's addresses */
  constructor({ netns, ports = [], networks = [] }: WantedTraffic, hasBtf = true) {
    this.#netns = netns ?? null;
    const left: string[] = [];
    const fitsPorts = ports.length <= MAX_PORTS;
    this.#ports = fitsPorts ? ports : [];
    if (!fitsPorts) left.push(`more than ${MAX_PORTS} ports: ${COSTS}`);
    const words = networks.map(({ text }) => wordsOf(text));
    const isFew = words.flat().length <= MAX_NETWORKS;
    const fits = isFew && hasBtf;
    this.#networks = fits ? networks : [];
    this.#words = fits ? words : [];
    if (!isFew) left.push(`more than ${MAX_NETWORKS} networks, IPv6 ones counted twice: ${COSTS}`);
    else if (!fits && networks.length > 0) left.push(`networks, for want of BTF: ${COSTS}`);
    this.left = left;
  }

  /** The parameters `$1`-`$5` of every fragment. */
  get parameters(): number[] {
    return programParameters(this.#netns, this.#ports);
  }

  /** The parameters of the networks, which `narrow` lets the fragments read. */
  get networkParameters(): number[] {
    return this.#words.flatMap((words) => words.flatMap(({ mask, value }) => [mask, value]));
  }

  /**
   * The program with the networks compared beside each comparison of the namespace.
   *
   * Without a network nothing is compared and nothing costs. What is put in is made of this file's
   * own text and the numbers of parameters.
   *
   * @param first number of the first of the network parameters
   */
  narrow(program: string, first: number): string {
    if (this.#words.length === 0) return program;
    let next = first;
    const placed = this.#words.map((words) =>
      words.map(() => [`$${next++}`, `$${next++}`] as const),
    );
    return program.replace(
      NETNS,
      (netns, common: string) => `${netns} && ${factors(common, placed).join(" * ")} == 0`,
    );
  }

  /** Whether networks are compared at all. */
  get hasNetworks(): boolean {
    return this.#networks.length > 0;
  }

  /**
   * Whether the endpoint of an event, or of a row of the socket table, is one to tell of.
   *
   * One exact rule for both: the probes compare less of an IPv6 address, and its zeros where a
   * socket has none, so they tell of some that no row is taken of and that would seem to vanish.
   * A listener passes, and whatever has no peer. Ports the probes compare whole, when a socket that
   * connects may not have its own yet.
   */
  passes(event: TraceEvent): boolean {
    if (!("remotePort" in event) || event.remotePort === 0) return true;
    if (event.type !== "snapshot") return this.#hasNetwork(event);
    return event.state === "LISTEN" || (this.#hasPort(event) && this.#hasNetwork(event));
  }

  #hasPort({ localPort, remotePort }: SocketTuple): boolean {
    const ports = this.#ports;
    return ports.length === 0 || ports.includes(localPort) || ports.includes(remotePort);
  }

  #hasNetwork({ local, remote }: SocketTuple): boolean {
    const networks = this.#networks;
    return networks.length === 0 || networks.some((net) => net.has(local) || net.has(remote));
  }
}

const COSTS = "the probes hand over what they would without, and it is filtered here";
/** The comparison that every fragment makes; what it is made of is a `struct sock_common`. */
const NETNS = /\(\$1 == 0 \|\| ([^|]+)\.skc_net\.net->ns\.inum == \$1\)/g;
/** An IPv4 address is compared whole, of an IPv6 one the first 64 bits: the rest is user space's. */
const WORDS: Readonly<Record<4 | 6, number>> = { 4: 1, 6: 2 };

/**
 * Factors that are 0 where one holds: a listener, or a child whose peer is not filled in yet
 * (6.12), or either address in a network.
 *
 * A product and no `||`: each of these takes of the 512 bytes of stack, and doubles the paths of
 * which the verifier walks a million instructions at most.
 */
function factors(common: string, networks: readonly Places[]): string[] {
  return [`(uint64)${common}.skc_dport`, ...networks.flatMap((words) => ends(common, words))];
}

function ends(common: string, words: Places): string[] {
  const isV4 = words.length === WORDS[4];
  return (isV4 ? V4 : V6).map((end) => {
    const differences = words.map(([mask, value], i) => {
      const field = isV4 ? end : `${end}.in6_u.u6_addr32[${i}]`;
      return `(((uint64)${common}.${field} & ${mask}) ^ ${value})`;
    });
    // 1 for any number of 32 bits but 0, without a branch.
    return `(((${differences.join(" | ")}) + 0xffffffff) >> 32)`;
  });
}

/** Parameters of a network's words: its mask's and its value's. */
type Places = readonly (readonly [mask: string, value: string])[];
const V4 = ["skc_rcv_saddr", "skc_daddr"] as const;
const V6 = ["skc_v6_rcv_saddr", "skc_v6_daddr"] as const;

/** A network's words as a little-endian CPU reads them from network order. */
function wordsOf(text: string): Words {
  const [address = "", prefix] = text.split("/");
  const isIpv6 = isIP(address) === 6;
  const bytes = isIpv6 ? ipv6Bytes(address) : address.split(".").map(Number);
  const bits = prefix === undefined ? 8 * bytes.length : Number(prefix);
  return Array.from({ length: WORDS[isIpv6 ? 6 : 4] }, (_, word) => {
    let [mask, value] = [0, 0];
    for (let i = 3; i >= 0; i--) {
      const at = 4 * word + i;
      const known = Math.min(8, Math.max(0, bits - 8 * at));
      const byte = 256 - 2 ** (8 - known);
      mask = mask * 256 + byte;
      value = value * 256 + ((bytes[at] ?? 0) & byte);
    }
    return { mask, value };
  });
}

/** The URL parser writes every IPv6 address in hex groups. */
function ipv6Bytes(address: string): number[] {
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const groups = (half: string) => (half === "" ? [] : half.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = new Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 255];
  });
}
