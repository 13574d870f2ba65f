/** Reads the rows that the probes print: one line of text becomes one or two events. */

import { eventFault } from "./event-faults.ts";
import type { Fields } from "./field-faults.ts";
import { type LifeAddresses, readAddresses } from "./life-addresses.ts";
import { SocketTexts } from "./socket-texts.ts";
import { tcpStateOf } from "./tcp-state.ts";
import type { ProbeMark, ResetEvent, RetransmitEvent, TraceEvent } from "./trace-event.ts";
import { readChange } from "./wire-change.ts";
import { causeOf, hex, payloadLength, readMark, readTuple } from "./wire-fields.ts";
import { readAccept, readDestroy, readRead } from "./wire-hold.ts";
import { readLife } from "./wire-life.ts";
import { readMiniEnd, readMiniSegment } from "./wire-mini.ts";
import { readTransition } from "./wire-transition.ts";
import { readUse } from "./wire-use.ts";

/** What a row alone does not say. */
export interface WireContext {
  /** Boot clock of `t` = 0, nanoseconds. */
  readonly originNs: bigint;
  /** The kernel's `enum sk_rst_reason`, from the tracepoint's format. */
  readonly resetReasons: ReadonlyMap<number, string>;
  /** Timer ticks per second, null where unknown. */
  readonly hz: number | null;
}

const TWO_32 = 2 ** 32;
/** Where the address of the socket stands in a row of every form. */
const SOCKET = 4;

/**
 * Decoder for the rows of one bpftrace run.
 *
 * Rows are of the forms that the headers of `probes/*.bt` give under "Wire".
 */
export class WireDecoder {
  readonly #originHigh: number;
  readonly #originLow: number;
  readonly #reasons: ReadonlyMap<number, string>;
  readonly #hz: number | null;
  /** What the newest row `V` of each CPU said: the life that follows it is of that socket. */
  readonly #addresses = new Map<string, LifeAddresses>();

  readonly #sockets = new SocketTexts();

  constructor(context: WireContext) {
    this.#originHigh = Number(context.originNs >> 32n);
    this.#originLow = Number(context.originNs & 0xffff_ffffn);
    this.#reasons = context.resetReasons;
    this.#hz = context.hz;
  }

  /**
   * Decode one row.
   *
   * @returns the events in it, first the one that carries the sequence number; null when the
   *   row is not of a known form, or when a recording's reader would refuse what it says.
   */
  decode(row: string): readonly TraceEvent[] | null {
    const events = this.#read(row);
    return events?.every(isSound) ? events : null;
  }

  /** Keep the addresses of the life that comes next; null when the row is damaged. */
  noteAddresses(row: string): ProbeMark | null {
    const f = row.trimEnd().split(" ");
    const addresses = readAddresses(f);
    if (addresses !== null) this.#addresses.set(f[2] as string, addresses);
    return addresses;
  }

  #read(row: string): readonly TraceEvent[] | null {
    const f = (row.endsWith("\n") ? row.slice(0, -1) : row).split(" ");
    const socket = f[SOCKET];
    if (socket !== undefined) f[SOCKET] = this.#sockets.own(socket);
    switch (f[0]) {
      case "S":
        return readTransition(f, this.time);
      case "R":
        return this.#retransmit(f);
      case "X":
        return this.#reset(f, "sent");
      case "Y":
        return this.#reset(f, "received");
      case "A":
        return readAccept(f, this.time);
      case "F":
        return readRead(f, this.time);
      case "U":
        return readUse(f, this.time);
      case "D":
        return readDestroy(f, this.time);
      case "W":
        return readMiniSegment(f, this.time);
      case "E":
        return readMiniEnd(f, this.time);
      case "P":
        return readLife(f, this.time, this.#addresses.get(f[2] as string));
      case "T":
        return readChange(f, this.time);
      default:
        return null;
    }
  }

  /** Boot-clock nanoseconds in hex to nanoseconds since the origin, exact beyond 2^53. */
  readonly time = (hex: string): number => {
    const high = hex.length > 8 ? Number.parseInt(hex.slice(0, -8), 16) : 0;
    const low = Number.parseInt(hex.slice(-8), 16);
    return (high - this.#originHigh) * TWO_32 + (low - this.#originLow);
  };

  #retransmit(f: readonly string[]): readonly TraceEvent[] | null {
    if (f.length !== 23) return null;
    const isBlind = f[13] === "-";
    const flags = isBlind ? null : hex(f[14]);
    const state = isBlind ? "ESTABLISHED" : tcpStateOf(hex(f[13]));
    const t = this.time(f[1] as string);
    if (state === null || !Number.isFinite(t)) return null;
    const event: RetransmitEvent = {
      type: "retransmit",
      t,
      ...readMark(f),
      sk: f[4] as string,
      ...readTuple(f),
      state,
      flags,
      length: flags === null ? null : payloadLength(hex(f[15]), hex(f[16]), flags),
      cause: isBlind ? "unknown" : causeOf(hex(f[18])),
      failed: !isBlind && hex(f[17]) !== 0,
      ...(isBlind ? {} : { orphan: (hex(f[22]) & 1) === 1, backoff: hex(f[20]) }),
      ...(isBlind || this.#hz === null
        ? {}
        : { rtoMs: Math.round((hex(f[21]) * 1000) / this.#hz) }),
    };
    return [event];
  }

  #reset(f: readonly string[], direction: "sent" | "received"): readonly TraceEvent[] | null {
    if (f.length !== (direction === "sent" ? 16 : 14)) return null;
    const t = this.time(f[1] as string);
    if (!Number.isFinite(t)) return null;
    const event: ResetEvent = {
      type: "reset",
      t,
      ...readMark(f),
      direction,
      sk: f[4] as string,
      ...readTuple(f),
      state: tcpStateOf(hex(f[13])),
      reason: direction === "sent" ? (this.#reasons.get(hex(f[14])) ?? null) : null,
      ...(direction === "sent" ? { answering: f[15] === "1" } : {}),
    };
    return [event];
  }
}

function isSound(event: TraceEvent): boolean {
  return eventFault(event as unknown as Fields) === null;
}
