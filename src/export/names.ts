/** What endpoints and processes are called in everything that a person opens. */

import type { Endpoint, Holder, Owner } from "../core/endpoint.ts";
import { safeText } from "../event/safe-text.ts";
import type { SocketTuple } from "../event/trace-event.ts";
import { formatEndpoint } from "../event/tuple.ts";

/** Longest address, and longest name of a process; a damaged recording may hold longer ones. */
const LONGEST_NAME = 64;

/** Longest sentence of a detector. */
const LONGEST_PROSE = 1000;

/** A short foreign name, made safe and bounded; not yet escaped for any format. */
export function safeName(name: string): string {
  return safeText(name, { max: LONGEST_NAME });
}

/** A sentence that may carry foreign names, made safe and bounded. */
export function safeProse(text: string): string {
  return safeText(text, { max: LONGEST_PROSE });
}

/** `address:port` of this side. */
export function localName(tuple: SocketTuple): string {
  return formatEndpoint(safeName(tuple.local), tuple.localPort);
}

/** `address:port` of the other side. */
export function remoteName(tuple: SocketTuple): string {
  return formatEndpoint(safeName(tuple.remote), tuple.remotePort);
}

/** `nginx pid 812`. */
export function processName(process: Pick<Owner | Holder, "comm" | "pid">): string {
  return `${safeName(process.comm)} pid ${process.pid}`;
}

/** Who holds an endpoint, in two or three words; `+1` are further processes that hold it too. */
export function holderName(endpoint: Endpoint): string {
  const { owner, holders } = endpoint;
  const [first] = holders;
  if (owner === null && first !== undefined) return processName(first) + plus(holders.length - 1);
  return ownerName(endpoint) + plus(holders.filter(({ pid }) => pid !== owner?.pid).length);
}

/** The one process that is named as the owner, `?` where that is only likely, or what else holds. */
export function ownerName({ owner, orphan }: Endpoint): string {
  if (owner === null) return orphan ? "orphan" : "unknown";
  return owner.confidence === "certain" ? processName(owner) : `${processName(owner)}?`;
}

function plus(others: number): string {
  return others > 0 ? ` +${others}` : "";
}
