/** What goes wrong on the real kernel: nothing hangs, and every hole is in the recording. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
import { bpftraceOf, untilGone } from "./bpftrace-of.ts";
import { Namespace } from "./namespace.ts";
import { Recorder, type RecorderStart } from "./recorder.ts";
import { requireTracing } from "./requires.ts";

const CHURN = fileURLToPath(new URL("../../bench/load/churn.py", import.meta.url));
const STORM = fileURLToPath(new URL("./actors/storm.py", import.meta.url));
/** Buffers of 256 KiB a CPU, and more connections than fit in them and in the pipe. */
const SMALL_BUFFERS = { BPFTRACE_PERF_RB_PAGES: "64" };
const MORE_THAN_FITS = 3000;
/** What is said when the probes are attached anew. */
const AGAIN = / it traces again after/;
/** In less detail a record is no event by itself: a row of addresses, the answer to a move. */
const EACH = ["--detail", "transitions"] as const;

let directory = "";
const running: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lastack-faults-"));
});
beforeEach(requireTracing);
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function record(name: string, how: RecorderStart = {}): Promise<Recorder> {
  const recorder = await Recorder.start(join(directory, name), how);
  running.push(recorder.program.child);
  return recorder;
}

/** Run a script of load to its end; gives what it printed. */
function load(script: string, ...args: (number | string)[]): Promise<string> {
  return printed("python3", [script, ...args.map(String)]);
}

async function printed(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: "pipe" });
  running.push(child);
  child.stdin.end("go\n");
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return text;
}

describe("bpftrace", () => {
  test("killed, then stopped, is started again; both holes are recorded and repaired", async () => {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const open = async (): Promise<Socket> => {
      const client = connect(port, "127.0.0.1");
      await once(client, "connect");
      return client;
    };
    const recorder = await record("outages.ndjson");
    const { program } = recorder;
    const [early, late] = [await open(), await open()];
    const ports = [early.localPort, late.localPort];
    const first = await bpftraceOf(program);
    const killedAt = Date.now();
    process.kill(first, "SIGKILL");
    await untilGone(first);
    // On a starved host detaching its probes alone outlasts the silence that is taken for a hang.
    const isSlow = Date.now() - killedAt > 2000;
    early.destroy();
    await program.until("stderr", isSlow ? AGAIN : /killed by SIGKILL.* it traces again after/);
    process.kill(await bpftraceOf(program), "SIGSTOP");
    await program.until(
      "stderr",
      new RegExp(`${AGAIN.source}[^]*said nothing for 3 s .*${AGAIN.source}`),
    );
    late.destroy();
    const repair = new RegExp(`"type":"snapshot".*"localPort":${ports[0]},.*"state":"FIN_WAIT2"`);
    await recorder.untilWritten((text) => repair.test(text));
    const namespaces = (await load(STORM, 200, 64)).trim().split("\n").map(Number);
    await recorder.twoBeats();
    const { code, stderr } = await recorder.end();
    server.close();
    expect(stderr.match(/traces again/g)).toHaveLength(2);
    expect(code).toBe(0);

    const report = await recorder.report();
    expect(report.recording.closedCleanly).toBe(true);
    expect(report.recording.ledger).toMatchObject({ lost: 0, unparsed: 0, balanced: true });
    expect(report.findings.map(({ kind }) => kind)).toContain("incomplete-trace");
    // What waited in TIME_WAIT before may have had the same port of ours.
    const ours = report.endpoints.filter(({ remote }) => remote.port === port);
    const [unseen, seen] = ports.map((own) => ours.find(({ local }) => local.port === own));
    // A host that is slow enough may see both waits run out before the end.
    const evidenceOf = (each: typeof seen) =>
      each?.phases.find(({ state }) => state === "FIN_WAIT2")?.evidence;
    expect(unseen?.complete).toBe(false);
    expect(evidenceOf(unseen)).toBe("snapshot");
    expect(seen?.complete).toBe(false);
    expect(evidenceOf(seen)).toBe("observed");
    const events = await recorder.events();
    const causes = events.flatMap((event) => (event.type === "gap" ? event.cause : []));
    expect(causes).toEqual(expect.arrayContaining(["restart", "hung"]));
    const inodes = new Set(events.map((event) => event.type === "transition" && event.netns));
    expect(namespaces.filter((inode) => inodes.has(inode))).toHaveLength(64);
  }, 240_000);
});

describe("the reader", () => {
  test("stalled under load three times has lost exactly what it says", async () => {
    // What it leaves in TIME_WAIT ends a minute later, all at once, under the tests after this one.
    const place = await Namespace.create("c");
    onTestFinished(() => place.remove());
    const churn = place.command(["python3", CHURN, "0", "1", "8", String(MORE_THAN_FITS)]);
    const recorder = await record("stalls.ndjson", { env: SMALL_BUFFERS, options: EACH });
    const { program } = recorder;
    for (let round = 0; round < 3; round++) {
      program.kill("SIGSTOP");
      await printed(...churn);
      program.kill("SIGCONT");
      await recorder.untilWritten((text) => text.split('"cause":"lost"').length > round + 1);
    }
    await recorder.twoBeats();
    const { code, stderr } = await recorder.end();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/said nothing/);

    const { ledger } = await recorder.footer();
    expect(ledger.lost).toBeGreaterThan(0);
    expect(ledger.lost).toBe(ledger.counted - ledger.received);
    expect(ledger).toMatchObject({ unparsed: 0, balanced: true });
    const records = new Set<string>();
    for (const event of await recorder.events()) {
      if ("seq" in event) records.add(`${event.cpu} ${event.seq}`);
    }
    expect(records.size).toBe(ledger.received);
  }, 240_000);
});
