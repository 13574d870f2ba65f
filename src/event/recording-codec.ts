/** Recording lines: events to text, and parsed JSON back to events, header and footer. */

import { eventFault } from "./event-faults.ts";
import {
  dropProto,
  EXACT,
  type Fault,
  type Fields,
  flagFault,
  integerFault,
  isFields,
  listFault,
  mapFault,
  NAME,
  optionalFlagFault,
  optionalIntegerFault,
  TEXT,
  textFault,
} from "./field-faults.ts";
import { RECORDING_SCHEMA, type RecordingFooter, type RecordingHeader } from "./recording.ts";
import { parseStartedAt } from "./time.ts";
import type { TraceEvent } from "./trace-event.ts";

/** What one parsed line of a recording turned out to be. */
export type DecodedRecord =
  | { readonly kind: "event"; readonly event: TraceEvent }
  | { readonly kind: "header"; readonly header: RecordingHeader }
  | { readonly kind: "footer"; readonly footer: RecordingFooter }
  /** Vouches for the lines since the one before: see `store/checksum.ts`. */
  | { readonly kind: "checksum"; readonly lines: number; readonly crc32: string }
  /** An event type that this program does not know: count it and go on. */
  | { readonly kind: "unknown"; readonly type: string }
  /** A header of a schema that this program does not know: refuse the recording. */
  | { readonly kind: "newer"; readonly schema: number; readonly version: string }
  | { readonly kind: "malformed"; readonly why: string };

/**
 * Write one event as a line of JSON, without its LF.
 *
 * An event read from a file keeps the fields that this program does not know. One that nests so
 * deep that `JSON.stringify` runs out of stack loses those fields that are objects.
 */
export function encodeEvent(event: TraceEvent): string {
  try {
    return JSON.stringify(event);
  } catch (error) {
    if (error instanceof RangeError) return JSON.stringify(withoutDepth(event));
    throw error;
  }
}

/** Write the first or the last line of a recording, without its LF. */
export function encodeFrame(frame: RecordingHeader | RecordingFooter): string {
  return JSON.stringify(frame);
}

/**
 * Tell what a parsed line is, and that every field of it has the right type and range.
 *
 * The value is checked where it stands and handed on, never copied: unknown fields stay in it.
 * Its prototype is that of plain objects whatever its keys are, since `JSON.parse` defines
 * properties and never assigns them; an own `__proto__` is removed all the same.
 */
export function decodeRecord(value: unknown): DecodedRecord {
  if (!isFields(value)) return { kind: "malformed", why: "the line is no object" };
  dropProto(value);
  const fault = eventFault(value);
  if (fault === null) return { kind: "event", event: value as unknown as TraceEvent };
  if (fault !== undefined) return { kind: "malformed", why: fault };
  const type = value.type;
  if (type === "header") return decodeHeader(value);
  if (type === "footer") return decodeFooter(value);
  if (type === "checksum") return decodeChecksum(value);
  const typeFault = textFault(type, "type", NAME);
  return typeFault === null
    ? { kind: "unknown", type: type as string }
    : { kind: "malformed", why: typeFault };
}

function decodeHeader(header: Fields): DecodedRecord {
  const { schema, version } = header;
  if (typeof schema === "number" && Number.isInteger(schema) && schema > RECORDING_SCHEMA) {
    return { kind: "newer", schema, version: typeof version === "string" ? version : "" };
  }
  const why =
    integerFault(schema, "schema", 1, RECORDING_SCHEMA) ??
    (header.program === "lastack" ? null : "program is not lastack") ??
    textFault(version, "version", NAME) ??
    startFault(header.startedAt) ??
    textFault(header.bootId, "bootId", NAME) ??
    textFault(header.hostname, "hostname", NAME) ??
    textFault(header.kernel, "kernel", NAME) ??
    textFault(header.bpftrace, "bpftrace", NAME) ??
    listFault(header.probes, "probes", shortFault) ??
    textFault(header.detail, "detail", NAME) ??
    mapFault(header.filters, "filters", () => null) ??
    mapFault(header.sysctls, "sysctls", longFault) ??
    (header.origin === undefined ? null : shortFault(header.origin, "origin")) ??
    optionalIntegerFault(header.netns, "netns", 0, EXACT) ??
    (header.slice === undefined ? null : sliceFault(header.slice)) ??
    optionalFlagFault(header.redacted, "redacted") ??
    optionalIntegerFault(header.sampled, "sampled", 1, EXACT) ??
    (header.part === undefined ? null : partFault(header.part));
  return why === null
    ? { kind: "header", header: header as unknown as RecordingHeader }
    : { kind: "malformed", why };
}

function decodeFooter(footer: Fields): DecodedRecord {
  const { ledger } = footer;
  const why =
    integerFault(footer.t, "t", -EXACT, EXACT) ??
    (isFields(ledger) ? ledgerFault(ledger) : "ledger is no object");
  return why === null
    ? { kind: "footer", footer: footer as unknown as RecordingFooter }
    : { kind: "malformed", why };
}

function decodeChecksum({ lines, crc32 }: Fields): DecodedRecord {
  const why =
    integerFault(lines, "lines", 0, EXACT) ??
    (typeof crc32 === "string" && /^[0-9a-f]{8}$/.test(crc32) ? null : "crc32 is no checksum");
  return why === null
    ? { kind: "checksum", lines: lines as number, crc32: crc32 as string }
    : { kind: "malformed", why };
}

function partFault(part: unknown): Fault {
  if (!isFields(part)) return "part is no object";
  return (
    integerFault(part.number, "part.number", 0, EXACT) ??
    integerFault(part.from, "part.from", -EXACT, EXACT) ??
    integerFault(part.carried, "part.carried", 0, EXACT)
  );
}

function sliceFault(slice: unknown): Fault {
  if (!isFields(slice) || !isFields(slice.of)) return "slice is no object";
  const { of } = slice;
  return (
    integerFault(slice.from, "slice.from", -EXACT, EXACT) ??
    integerFault(slice.to, "slice.to", -EXACT, EXACT) ??
    integerFault(of.to, "slice.of.to", -EXACT, EXACT) ??
    integerFault(of.events, "slice.of.events", 0, EXACT) ??
    flagFault(of.closedCleanly, "slice.of.closedCleanly") ??
    (slice.endpoints === undefined ? null : listFault(slice.endpoints, "slice", shortFault)) ??
    (slice.findings === undefined ? null : listFault(slice.findings, "slice", shortFault))
  );
}

function ledgerFault(ledger: Fields): Fault {
  dropProto(ledger);
  return (
    integerFault(ledger.counted, "counted", 0, EXACT) ??
    integerFault(ledger.received, "received", 0, EXACT) ??
    integerFault(ledger.lost, "lost", 0, EXACT) ??
    integerFault(ledger.skipped, "skipped", 0, EXACT) ??
    integerFault(ledger.unparsed, "unparsed", 0, EXACT) ??
    integerFault(ledger.evicted, "evicted", 0, EXACT) ??
    flagFault(ledger.balanced, "balanced")
  );
}

function startFault(value: unknown): Fault {
  return typeof value === "string" && parseStartedAt(value) !== null
    ? null
    : "startedAt is no instant";
}

function shortFault(value: unknown, name: string): Fault {
  return textFault(value, name, NAME);
}

function longFault(value: unknown, name: string): Fault {
  return textFault(value, name, TEXT);
}

function withoutDepth(event: TraceEvent): Record<string, unknown> {
  const flat: [string, unknown][] = [];
  for (const [key, value] of Object.entries(event)) {
    if (isFlat(value)) flat.push([key, value]);
  }
  return Object.fromEntries(flat);
}

function isFlat(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every((inner) => typeof inner !== "object" || inner === null);
}
