/** More than can be taken, on the real kernel: nothing is missing but what the ledger names. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import type { GapCause, GapEvent } from "../../src/event/gap.ts";
import { churn } from "./churn.ts";
import { Namespace } from "./namespace.ts";
import { Recorder } from "./recorder.ts";
import { requireTracing } from "./requires.ts";

const BURST = fileURLToPath(new URL("./actors/burst.py", import.meta.url));
/** Buffers of 256 KiB a CPU, and more connections than fit in them and in the pipe. */
const SMALL_BUFFERS = { BPFTRACE_PERF_RB_PAGES: "64" };
const MORE_THAN_FITS = 3000;
const SOME = 200;
const TICK_MS = 20;

let directory = "";
const running: Recorder[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lastack-overload-"));
});
beforeEach(requireTracing);
afterEach(() => {
  for (const { program } of running.splice(0)) program.kill("SIGKILL");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function record(detail: string): Promise<Recorder> {
  const how = { options: ["--detail", detail], env: SMALL_BUFFERS };
  const recorder = await Recorder.start(join(directory, `${detail}.ndjson`), how);
  running.push(recorder);
  return recorder;
}

/** A namespace of its own: what it leaves in TIME_WAIT is gone with it. */
async function namespace(): Promise<Namespace> {
  const place = await Namespace.create("c");
  onTestFinished(() => place.remove());
  return place;
}

/** So many connections at least, flat out; gives how many. */
async function flood(place: Namespace, least: number): Promise<number> {
  const { connections, failed } = await churn(place, { least, clients: 8 });
  expect(failed).toBe(0);
  return connections;
}

/** The same while the reader stands still. */
async function floodStalled({ program }: Recorder, place: Namespace): Promise<number> {
  program.kill("SIGSTOP");
  const connections = await flood(place, MORE_THAN_FITS);
  program.kill("SIGCONT");
  return connections;
}

/** Endpoints of a namespace that a recording knows of, listed or only counted. */
async function knownIn(recorder: Recorder, { inode }: Namespace): Promise<number> {
  const { endpoints, summary } = await recorder.report();
  const listed = endpoints.filter(({ netns }) => netns === inode).length;
  const counted = (summary.counted ?? []).filter(({ netns }) => netns === inode);
  return counted.reduce((sum, { count }) => sum + count, listed);
}

/** End a recorder that has never taken bpftrace for hung; gives its account. */
async function ledgerOf(recorder: Recorder) {
  const { code, stderr } = await recorder.end();
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/said nothing/);
  const { ledger } = await recorder.footer();
  expect(ledger.lost).toBe(ledger.counted - ledger.received);
  expect(ledger).toMatchObject({ unparsed: 0, evicted: 0, balanced: true });
  return ledger;
}

test.each(["summary", "aggregate", "auto"])(
  "a reader that stalls under load, in %s, has lost exactly what it says",
  async (detail) => {
    const place = await namespace();
    const recorder = await record(detail);
    if (detail === "aggregate") {
      await recorder.untilWritten((text) => text.includes('"type":"detail"'));
    }
    let connections = await flood(place, SOME);
    connections += await floodStalled(recorder, place);
    await recorder.twoBeats();
    connections += await flood(place, SOME);
    await recorder.twoBeats();
    const ledger = await ledgerOf(recorder);
    // What is only counted fits in any buffer.
    if (detail === "summary") expect(ledger.lost).toBeGreaterThan(0);
    const known = await knownIn(recorder, place);
    const why = JSON.stringify({ connections, known, ledger });
    expect(known, why).toBeLessThanOrEqual(2 * connections);
    expect(known + ledger.lost + ledger.skipped, why).toBeGreaterThanOrEqual(2 * connections);
  },
);

/** Connects that are refused, from two processes, until it is told to end. */
class Burst {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(place: Namespace) {
    const [command, args] = place.command(["/usr/bin/python3", "-I", "-S", BURST, "2"]);
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    onTestFinished(() => void this.#child.stdin.end());
  }

  static async begin(place: Namespace): Promise<Burst> {
    const burst = new Burst(place);
    await burst.#lines.next();
    return burst;
  }

  /** Gives how many there were. */
  async end(): Promise<number> {
    this.#child.stdin.end();
    return Number((await this.#lines.next()).value);
  }
}

/** What is missing by the gaps that a part of a recording tells of. */
function missingIn(text: string, cause: GapCause): number {
  return gapsIn(text, cause).reduce((sum, { count }) => sum + (count ?? 0), 0);
}

function gapsIn(text: string, cause: GapCause): GapEvent[] {
  // The first and the last line may be parts of one.
  return text
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith('{"type":"gap"'))
    .map((line) => JSON.parse(line) as GapEvent)
    .filter((gap) => gap.cause === cause && gap.count !== null);
}

describe("in transitions", () => {
  /** From when the first record is lost to when the recording says so. */
  const DECLARED_WITHIN_MS = 2000;
  const ATTEMPTS = 3;

  test("a reader that stalls three times has lost exactly what it says, and a burst what is said at once", async () => {
    const place = await namespace();
    const recorder = await record("transitions");
    for (let round = 0; round < 3; round++) {
      const from = await recorder.size();
      await floodStalled(recorder, place);
      await recorder.untilWritten((text) => missingIn(text, "lost") > 0, from);
    }
    const { startedAt } = await recorder.header();
    const delays: number[] = [];
    while (delays.length < ATTEMPTS && !delays.some((each) => each <= DECLARED_WITHIN_MS)) {
      await recorder.twoBeats();
      delays.push(await declaredAfter(recorder, Date.parse(startedAt)));
    }
    expect(Math.min(...delays), String(delays)).toBeLessThanOrEqual(DECLARED_WITHIN_MS);
    await recorder.twoBeats();

    const later = await namespace();
    const from = await recorder.size();
    const connections = await flood(later, 20);
    await recorder.twoBeats();
    const text = await recorder.text(from);
    const ledger = await ledgerOf(recorder);
    // In less detail a record is no event by itself: a row of addresses, the answer to a move.
    const records = new Set<string>();
    for (const event of await recorder.events()) {
      if ("seq" in event) records.add(`${event.cpu} ${event.seq}`);
    }
    expect(ledger.lost).toBeGreaterThan(0);
    expect(records.size).toBe(ledger.received);
    const { length: known } = (await recorder.report("--netns", String(later.inode))).endpoints;
    const missing = missingIn(text, "lost") + missingIn(text, "skipped");
    expect(known, text).toBeGreaterThanOrEqual(2 * connections - missing);
    expect(known, text).toBeLessThanOrEqual(2 * connections + missing);
  });

  /**
   * Let a burst come and go on until the recording tells of a loss; gives how long after its first
   * lost record that was, milliseconds, but for what this process was itself kept from its CPU.
   */
  async function declaredAfter(recorder: Recorder, startedAtMs: number): Promise<number> {
    const crowd = await namespace();
    const from = await recorder.size();
    let lateMs = 0;
    let tickedAt = performance.now();
    const ticks = setInterval(() => {
      lateMs += Math.max(0, performance.now() - tickedAt - TICK_MS);
      tickedAt = performance.now();
    }, TICK_MS);
    const burst = await Burst.begin(crowd);
    const burstMs = Date.now();
    await recorder.untilWritten((text) => missingIn(text, "lost") > 0, from);
    const toldMs = Date.now();
    clearInterval(ticks);
    const connects = await burst.end();
    await recorder.twoBeats();
    const text = await recorder.text(from);
    const fromNs = Math.min(...gapsIn(text, "lost").map((gap) => gap.from));
    // A gap reaches back to the last record of its CPU, which may be from before.
    const lostMs = Math.max(burstMs, startedAtMs + fromNs / 1e6);
    // Of a connect that is refused two changes of state are told: to SYN_SENT, and back. In a flood
    // one record may tell of both.
    const change = new RegExp(`^\\{"type":"transition".*"netns":${crowd.inode},`, "gm");
    const changes = text.match(change)?.length ?? 0;
    const missing = missingIn(text, "lost") + missingIn(text, "skipped");
    const why = JSON.stringify({ connects, changes, missing });
    expect(changes, why).toBeLessThanOrEqual(2 * connects);
    expect(changes + 2 * missing, why).toBeGreaterThanOrEqual(2 * connects);
    return toldMs - lostMs - lateMs;
  }
});
