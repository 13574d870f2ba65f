/** A reader that stands still, on the real kernel: nothing is missing but what the ledger names. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { Namespace } from "./namespace.ts";
import { Recorder } from "./recorder.ts";
import { requireTracing } from "./requires.ts";

const CHURN = fileURLToPath(new URL("../../bench/load/churn.py", import.meta.url));
/** Buffers of 256 KiB a CPU, and more connections than fit in them and in the pipe. */
const SMALL_BUFFERS = { BPFTRACE_PERF_RB_PAGES: "64" };
const MORE_THAN_FITS = 3000;
const SOME = 200;
const PYTHON = ["/usr/bin/python3", "-I", "-S"];

let directory = "";
let recorded = 0;
const running: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lastack-overload-"));
});
beforeEach(requireTracing);
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function record(detail: string, env: Record<string, string> = {}): Promise<Recorder> {
  recorded++;
  const path = join(directory, `${recorded}.ndjson`);
  const recorder = await Recorder.start(path, { options: ["--detail", detail], env });
  running.push(recorder.program.child);
  return recorder;
}

/** A namespace of its own: what it leaves in TIME_WAIT is gone with it. */
async function namespace(): Promise<Namespace> {
  const place = await Namespace.create("c");
  onTestFinished(() => place.remove());
  return place;
}

/** So many connections at least, flat out, opened and closed; gives how many. */
async function churn(place: Namespace, least: number): Promise<number> {
  const child = spawn(...place.command([...PYTHON, CHURN, "0", "0", "8", String(least)]));
  running.push(child);
  child.stdin.end("go\n");
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  const { connections, failed } = JSON.parse(text.slice(text.indexOf("{")));
  expect(failed).toBe(0);
  return connections;
}

/** Endpoints of a namespace that a recording knows of, listed or only counted. */
async function knownIn(recorder: Recorder, { inode }: Namespace): Promise<number> {
  const { endpoints, summary } = await recorder.report();
  const listed = endpoints.filter(({ netns }) => netns === inode).length;
  const counted = (summary.counted ?? []).filter(({ netns }) => netns === inode);
  return counted.reduce((sum, { count }) => sum + count, listed);
}

test.each(["summary", "aggregate"])(
  "a reader that stalls under load, in %s, has lost exactly what it says",
  async (detail) => {
    const place = await namespace();
    const recorder = await record(detail, SMALL_BUFFERS);
    const { program } = recorder;
    const isCounting = detail === "aggregate";
    if (isCounting) await recorder.untilWritten((text) => text.includes('"type":"detail"'));
    let connections = await churn(place, SOME);
    program.kill("SIGSTOP");
    connections += await churn(place, MORE_THAN_FITS);
    program.kill("SIGCONT");
    await recorder.twoBeats();
    connections += await churn(place, SOME);
    await recorder.twoBeats();
    const { code, stderr } = await recorder.end();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/said nothing/);

    const { ledger } = await recorder.footer();
    // What is only counted fits in any buffer.
    if (!isCounting) expect(ledger.lost).toBeGreaterThan(0);
    expect(ledger.lost).toBe(ledger.counted - ledger.received);
    expect(ledger).toMatchObject({ unparsed: 0, evicted: 0, balanced: true });
    const known = await knownIn(recorder, place);
    const why = JSON.stringify({ connections, known, ledger });
    expect(known, why).toBeLessThanOrEqual(2 * connections);
    expect(known + ledger.lost + ledger.skipped, why).toBeGreaterThanOrEqual(2 * connections);
  },
);
