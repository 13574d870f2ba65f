/** One moment of a recording, and what is known to be missing of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ledger } from "../../src/event/recording.ts";
import { encodeEvent, encodeFrame } from "../../src/event/recording-codec.ts";
import type { GapEvent } from "../../src/event/trace-event.ts";
import { OperatorError } from "../../src/session/operator-error.ts";
import { readMoment } from "../../src/session/read-moment.ts";
import { peerOf, Story, sock } from "../core/story.ts";
import { headerOf, ledgerOf } from "../export/synthetic-trace.ts";

const END_NS = 20e9;
let directory = "";
let written = 0;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "lastack-moment-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Change {
  readonly gaps?: readonly GapEvent[];
  /** Null for a recording without a footer. */
  readonly ledger?: Partial<Ledger> | null;
  /** Bytes that the file ends in. */
  readonly tail?: string;
}

/** A leak that begins at 1 s, in a recording of 20 s. */
function recording({ gaps = [], ledger = {}, tail = "" }: Change = {}): string {
  const server = sock();
  const story = new Story().at(500).connect(peerOf(server)).accept(server).at(1000);
  story.finCame(server).at(19_000).read(server);
  const events = [...story.events, ...gaps].sort((a, b) => a.t - b.t);
  const lines = [encodeFrame(headerOf()), ...events.map(encodeEvent)];
  if (ledger !== null) {
    lines.push(encodeFrame({ type: "footer", t: END_NS, ledger: ledgerOf(100, ledger) }));
  }
  const path = join(directory, `${++written}.ndjson`);
  writeFileSync(path, `${lines.map((line) => line.trimEnd()).join("\n")}\n${tail}`);
  return path;
}

function gap(fromS: number, toS: number, fields: Partial<GapEvent> = {}): GapEvent {
  return { type: "gap", from: fromS * 1e9, t: toS * 1e9, cause: "lost", count: 3, ...fields };
}

async function doubtsOf(path: string, atS?: number): Promise<readonly string[]> {
  return (await readMoment(path, atS === undefined ? {} : { at: atS * 1e9 })).doubts;
}

describe("a whole recording", () => {
  test("is judged at its footer, with no doubt", async () => {
    const { trace, atNs, doubts } = await readMoment(recording());
    expect(doubts).toEqual([]);
    expect(atNs).toBe(END_NS);
    expect(trace.now).toBe(END_NS);
    expect(trace.inState("CLOSE_WAIT").size).toBe(1);
    expect(trace.findings().map(({ kind, until }) => [kind, until])).toEqual([
      ["stuck-close-wait", null],
    ]);
  });

  test("is judged as it stood at an earlier moment", async () => {
    const path = recording();
    const before = await readMoment(path, { at: 0.9e9 });
    expect(before.trace.inState("CLOSE_WAIT").size).toBe(0);
    const after = await readMoment(path, { at: 5e9 });
    expect(after.trace.inState("CLOSE_WAIT").size).toBe(1);
    expect(after.trace.findings()).toEqual([]);
    expect(after).toMatchObject({ atNs: 5e9, doubts: [] });
  });
});

describe("what is missing is a doubt", () => {
  test("no footer", async () => {
    expect(await doubtsOf(recording({ ledger: null }))).toContain(
      "the recording was not closed cleanly",
    );
  });

  test("a torn line after the footer, at an earlier moment too", async () => {
    const path = recording({ tail: '{"type":"transi' });
    expect(await doubtsOf(path)).toContain("the recording was not closed cleanly");
    expect(await doubtsOf(path, 2)).toContain("the recording was not closed cleanly");
  });

  test.each<[Partial<Ledger>, string]>([
    [{ lost: 3, received: 97 }, "3 records lost"],
    [{ skipped: 2 }, "2 probe runs skipped by the kernel"],
    [{ unparsed: 1, received: 99 }, "1 record damaged"],
    [
      { received: 98, balanced: false },
      "the accounts do not balance (100 records sent, 98 received)",
    ],
  ])("a footer that says %j", async (ledger, doubt) => {
    expect(await doubtsOf(recording({ ledger }))).toEqual([doubt]);
    // Without a gap that dates it, it may have been at any time.
    expect(await doubtsOf(recording({ ledger }), 2)).toEqual([doubt]);
  });

  test("a gap that the footer does not count", async () => {
    const gaps = [gap(3, 4, { cause: "hung", count: null })];
    expect((await doubtsOf(recording({ gaps }))).join()).toMatch(/missing.*1 gap/);
  });

  test("a line in the middle that cannot be read", async () => {
    const path = recording({ tail: "no record\n" });
    expect((await doubtsOf(path)).join()).toMatch(/closed cleanly.*missing/);
  });
});

describe("a loss after the moment", () => {
  const lost = { ledger: { lost: 3, received: 97 }, gaps: [gap(10, 11)] };

  test("is no doubt", async () => {
    expect(await doubtsOf(recording(lost), 9.9)).toEqual([]);
  });

  test("is one where it may have begun before", async () => {
    expect(await doubtsOf(recording(lost), 10.5)).toEqual([
      "events are missing in a gap that reaches over this moment",
      "3 records lost",
    ]);
    expect(await doubtsOf(recording(lost), 12)).toEqual(["3 records lost"]);
  });

  test("explains no other loss", async () => {
    const more = { ...lost, ledger: { lost: 5, received: 95 } };
    expect(await doubtsOf(recording(more), 9.9)).toEqual(["2 records lost"]);
    const skipped = { ...lost, ledger: { lost: 3, received: 97, skipped: 1 } };
    expect(await doubtsOf(recording(skipped), 9.9)).toEqual(["1 probe run skipped by the kernel"]);
  });
});

test.each([
  ["no file", () => join(directory, "none.ndjson")],
  ["a directory without a recording", () => mkdtempSync(join(directory, "empty-"))],
  ["another file", () => fileURLToPath(import.meta.url)],
])("%s is trouble with code 3", async (_, path) => {
  const error = await readMoment(path()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OperatorError);
  expect(error).toMatchObject({ exitCode: 3 });
});
