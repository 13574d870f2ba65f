/** What bpftrace says with `-f json`: the message types and the reading of one line. */

import { decodeBpftraceText } from "./decode-text.ts";
import { parseExactJson } from "./exact-json.ts";

/** One printf of the script: the text exactly as formatted, its newlines included. */
export interface PrintfMessage {
  readonly type: "printf";
  readonly data: string;
}

/**
 * A map which was printed, or which was left at the end: `{"@name": value}` or
 * `{"@name": {key: value}}`.
 *
 * Integers beyond ±(2^53 − 1) are decimal strings. Keys are foreign text and may be `__proto__`:
 * read own properties only.
 */
export interface MapMessage {
  readonly type: "map";
  readonly data: Readonly<Record<string, unknown>>;
}

/** bpftrace's own loss count, which is wrong both ways: a sign of loss, never the amount. */
export interface LostEventsMessage {
  readonly type: "lost_events";
  readonly count: number;
}

/** How many probes bpftrace is about to attach; it says so before it attaches them (≤ 0.23). */
export interface AttachedProbesMessage {
  readonly type: "attached_probes";
  readonly probes: number;
}

/** Any other type (`value`, `hist`, `stats`, `time`, `helper_error` …), named by `kind`. */
export interface OtherMessage {
  readonly type: "other";
  readonly kind: string;
  /** The `data` field, or all the fields but `type` where bpftrace writes no `data`. */
  readonly data: unknown;
}

/** One line of bpftrace, read once and typed. */
export type BpftraceMessage =
  | PrintfMessage
  | MapMessage
  | LostEventsMessage
  | AttachedProbesMessage
  | OtherMessage;

/**
 * Read one line; undefined when it is not a message of bpftrace.
 *
 * The counts of `lost_events` and `attached_probes` stand in `data` up to 0.23 and beside `type`
 * from 0.27 on. Bytes of 0x80 and above are decoded in texts and in keys, see
 * {@link decodeBpftraceText}.
 */
export function parseMessage(line: string): BpftraceMessage | undefined {
  try {
    return toMessage(line);
  } catch {
    return undefined;
  }
}

function toMessage(line: string): BpftraceMessage | undefined {
  const quick: unknown = JSON.parse(line);
  if (!isRecord(quick) || typeof quick.type !== "string") return undefined;
  if (quick.type === "printf") {
    const text = quick.data;
    return typeof text === "string"
      ? { type: "printf", data: decodeBpftraceText(text) }
      : undefined;
  }
  const exact = parseExactJson(line, quick);
  return toRareMessage(line.includes("\\uffffff") ? decodeDeep(exact) : exact);
}

function toRareMessage(value: unknown): BpftraceMessage | undefined {
  if (!isRecord(value)) return undefined;
  const { type, ...fields } = value;
  const data = fields.data;
  switch (type) {
    case "map":
      return isRecord(data) ? { type, data } : undefined;
    case "lost_events": {
      const count = isRecord(data) ? data.events : fields.count;
      return isCount(count) ? { type, count } : undefined;
    }
    case "attached_probes": {
      const probes = isRecord(data) ? data.probes : fields.count;
      return isCount(probes) ? { type, probes } : undefined;
    }
    default:
      return { type: "other", kind: String(type), data: "data" in fields ? data : fields };
  }
}

function decodeDeep(value: unknown): unknown {
  if (typeof value === "string") return decodeBpftraceText(value);
  if (Array.isArray(value)) return value.map(decodeDeep);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [decodeBpftraceText(key), decodeDeep(inner)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
