/** Reads several files as one recording, in the order of time. */

import { stat } from "node:fs/promises";
import type { Ledger, RecordingHeader } from "../event/recording.ts";
import { parseStartedAt } from "../event/time.ts";
import type { GapEvent, Nanoseconds, TraceEvent } from "../event/trace-event.ts";
import { MAX_LINE_BYTES } from "./line-chunks.ts";
import { isPart } from "./part-name.ts";
import { EMPTY_END, joinEnds } from "./read-end.ts";
import { RecordingError } from "./recording-error.ts";
import { filesOf, labelOfAll, type RecordingPath } from "./recording-files.ts";
import { type ReadOptions, type Recording, readRecording } from "./recording-reader.ts";
import type { ReadEnd } from "./recording-scanner.ts";

/** A file of the set, by its header. */
interface Member {
  readonly path: string;
  readonly header: RecordingHeader;
  /** From the start of the first recorder's run to that of this one's, nanoseconds. */
  readonly shiftNs: Nanoseconds;
}

/** How a set is read. */
export interface SetOptions extends ReadOptions {
  /**
   * Only this time matters, nanoseconds from the start of the first run: files of a series that are
   * wholly outside of it are left out, since each begins with what its run knew then.
   */
  readonly window?: { readonly fromNs: Nanoseconds; readonly toNs: Nanoseconds };
}

/** Numbers of dumps and scans begin anew with each run, and must not meet. */
const RUN_NUMBERS = 1_000_000_000;
/** Two recorders of one host are never this close behind each other. */
const OVERLAP_NS = 1e9;

/**
 * Open a recording of one file or many.
 *
 * Parts of one run follow each other by number; what a part carries of the time before is left out
 * where that time has been read. Between two runs of a recorder is a gap: nobody looked.
 *
 * @throws RecordingError also where the files are of two hosts, or were written at the same time
 */
export async function readRecordings(
  path: RecordingPath,
  options: SetOptions = {},
): Promise<Recording> {
  const files = filesOf(path);
  const [only] = files;
  if (files.length === 1 && only !== undefined) return readRecording(only, options);
  const all = await order(files);
  const [first] = all;
  if (first === undefined) throw refused(labelOfAll(path), "no file is named", "name one");
  const members = within(all, options.window);
  const account = { end: EMPTY_END };
  return {
    header: first.header,
    events: eventsOf(members, account, options),
    end: () => account.end,
    close: async () => {},
  };
}

/**
 * How far a recording reaches: of many files only the last one is read for it.
 *
 * @throws RecordingError
 */
export async function extentOf(
  path: RecordingPath,
): Promise<{ header: RecordingHeader; endNs: Nanoseconds }> {
  const files = filesOf(path);
  const members = files.length === 1 ? [] : await order(files);
  const [first, last] = [members[0], members.at(-1)];
  const recording = await readRecordings(last === undefined ? path : last.path);
  for await (const batch of recording.events) void batch;
  const endNs = recording.end().lastNs + (last?.shiftNs ?? 0);
  return { header: first?.header ?? recording.header, endNs };
}

/** The first file that is kept is read with what it carries of the time before. */
function within(all: readonly Member[], window: SetOptions["window"]): readonly Member[] {
  if (window === undefined) return all;
  const isEntrance = (each: Member) =>
    each.header.part !== undefined && beginOf(each) <= window.fromNs;
  const first = Math.max(0, all.findLastIndex(isEntrance));
  return all.filter((each, at) => at === first || (at > first && beginOf(each) <= window.toNs));
}

function beginOf({ header, shiftNs }: Member): Nanoseconds {
  return (header.part?.from ?? 0) + shiftNs;
}

function isNextPart(before: Member, next: Member): boolean {
  const number = before.header.part?.number;
  const isOfSameRun = isOfRun(before.header, next.header);
  return isOfSameRun && number !== undefined && next.header.part?.number === number + 1;
}

async function order(files: readonly string[]): Promise<Member[]> {
  const headers = new Map<string, RecordingHeader>();
  for (const file of files) {
    if (file === "-") throw refused("stdin", "it is one stream", "name it alone");
    const header = await headerOf(file);
    if (header !== null) headers.set(file, header);
  }
  const sorted = [...headers].sort(([, a], [, b]) => {
    const starts = startOf(a) - startOf(b);
    return starts === 0n ? (a.part?.from ?? 0) - (b.part?.from ?? 0) : starts < 0n ? -1 : 1;
  });
  const [base] = sorted;
  return sorted.map(([path, header]) => {
    if (base !== undefined && isOfOtherHost(header, base[1])) {
      throw refused(path, `it is of another host than ${base[0]}`, "read each host alone");
    }
    const shiftNs = base === undefined ? 0 : Number(startOf(header) - startOf(base[1]));
    return { path, header, shiftNs };
  });
}

/** Null for a file that a recorder was killed in before its header was written. */
async function headerOf(file: string): Promise<RecordingHeader | null> {
  try {
    const recording = await readRecording(file);
    await recording.close();
    return recording.header;
  } catch (error) {
    const isBegun = error instanceof RecordingError && error.code === "not-a-recording";
    if (isBegun && (await stat(file)).size < MAX_LINE_BYTES && isPart(file)) return null;
    throw error;
  }
}

function startOf({ startedAt }: RecordingHeader): bigint {
  return parseStartedAt(startedAt)?.epochNs ?? 0n;
}

async function* eventsOf(
  members: readonly Member[],
  account: { end: ReadEnd },
  options: ReadOptions,
): AsyncGenerator<readonly TraceEvent[], void> {
  let before: Member | null = null;
  let newestNs = 0;
  let newestEventNs = 0;
  let run = 0;
  let past: Ledger | null = null;
  for (const member of members) {
    const recording = await readRecording(member.path, options);
    const isSameRun = before !== null && isOfRun(before.header, member.header);
    if (before !== null && !isSameRun) {
      run++;
      past = account.end.footer?.ledger ?? past;
    }
    let carried = isSameRun ? (member.header.part?.carried ?? 0) : 0;
    const gap = before === null ? null : gapBetween(before, member, newestNs);
    if (gap !== null) yield [gap];
    // The flight recorder saves the time before a finding, which the file before may end in.
    const overlap = isSameRun && beginOf(member) < newestEventNs ? newestEventNs : null;
    let isFirst = true;
    for await (const batch of recording.events) {
      const skipped = Math.min(carried, batch.length);
      carried -= skipped;
      const all = batch.slice(skipped).map((event) => shifted(event, member.shiftNs, run));
      const events = overlap === null ? all : all.filter(({ t }) => t > overlap);
      const [oldest] = events;
      if (oldest === undefined) continue;
      const isNext = isSameRun && member.header.part !== undefined;
      if (isFirst && before !== null && !isNext && oldest.t < newestNs - OVERLAP_NS) {
        const why = `it was written while ${before.path} was`;
        throw refused(member.path, why, "read those of each recorder alone");
      }
      isFirst = false;
      for (const { t } of events) if (t > newestEventNs) newestEventNs = t;
      yield events;
    }
    const end = recording.end();
    account.end = joinEnds(account.end, end, past, member.shiftNs);
    newestNs = Math.max(newestNs, newestEventNs, end.lastNs + member.shiftNs);
    before = member;
  }
}

/** Each run of a recorder that redacts makes up another name for its host. */
function isOfOtherHost(a: RecordingHeader, b: RecordingHeader): boolean {
  return a.hostname !== b.hostname && !(a.redacted && b.redacted);
}

function isOfRun(a: RecordingHeader, b: RecordingHeader): boolean {
  return a.startedAt === b.startedAt && a.bootId === b.bootId;
}

/** What happened between two files that do not follow each other is not known. */
function gapBetween(before: Member, next: Member, newestNs: Nanoseconds): GapEvent | null {
  // Between two that the flight recorder saved is time that it did not save.
  if (isNextPart(before, next) && beginOf(next) <= newestNs) return null;
  const t = Math.max(newestNs, beginOf(next));
  const cause = isOfRun(before.header, next.header) ? "damaged" : "restart";
  return { type: "gap", t, from: newestNs, cause, count: null };
}

/** The event on the clock of the first run. */
function shifted(event: TraceEvent, shiftNs: Nanoseconds, run: number): TraceEvent {
  if (run === 0 && shiftNs === 0) return event;
  const numbers = run * RUN_NUMBERS;
  const t = event.t + shiftNs;
  switch (event.type) {
    case "snapshot":
    case "snapshot-end":
      return { ...event, t, since: event.since + shiftNs, dump: event.dump + numbers };
    case "gap":
      return { ...event, t, from: event.from + shiftNs };
    case "owner":
      return { ...event, t, ...(event.scan !== undefined && { scan: event.scan + numbers }) };
    default:
      return { ...event, t };
  }
}

function refused(label: string, why: string, next: string): RecordingError {
  return new RecordingError("unreadable", `cannot read ${label}: ${why}; ${next}`);
}
