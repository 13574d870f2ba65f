/** Narrows a dump of the socket table to connections that are known by their two ports. */

import { portPair } from "../event/tuple.ts";

/** Pairs of ports, as `portPair` makes them. */
export type PortPairs = ReadonlySet<number>;

/** So many pairs the kernel is asked for; it compares each socket with one after the other. */
const MOST_IN_FILTER = 64;

/**
 * The words of an ss filter by which the kernel itself leaves out all other sockets
 * (`net/ipv4/inet_diag.c:inet_diag_bc_run`); none where there are too many to ask for.
 */
export function ssPortFilter(pairs: PortPairs): string[] {
  if (pairs.size > MOST_IN_FILTER) return [];
  const terms = [...pairs].map((pair) => {
    const [local, remote] = [`:${pair >>> 16}`, `:${pair & 0xffff}`];
    return ["(", "sport", "=", local, "and", "dport", "=", remote, ")"];
  });
  return terms.flatMap((term, i) => (i === 0 ? term : ["or", ...term]));
}

/** Whether a line of ss shows one of these pairs. Also true of a line that shows no ports. */
export function showsPair(line: string, pairs: PortPairs): boolean {
  const [, local, remote] = /:(\d+) +\S+:(\d+)/.exec(line) ?? [];
  return local === undefined || pairs.has(portPair(Number(local), Number(remote)));
}
