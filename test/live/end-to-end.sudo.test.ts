/** The built program on the real kernel, as a user runs it: record, stream, replay, report, states. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import schema from "../../src/export/report.schema.json" with { type: "json" };
import type { Report } from "../../src/export/report.ts";
import { bpftraceOf, untilGone } from "./bpftrace-of.ts";
import { Peer } from "./peer.ts";
import { lastack, Program } from "./program.ts";
import { requireTracing } from "./requires.ts";

const validate = new Ajv2020({ strict: false }).compile(schema);
/** A second after it is stuck, where the rest of the test waits for the default of ten. */
const EARLY = ["--threshold", "stuck-close-wait=1"];
let directory = "";
const running: Program[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lastack-end-"));
});
beforeEach(requireTracing);
afterEach(() => {
  for (const program of running.splice(0)) program.kill("SIGKILL");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function start(...args: string[]): Program {
  const program = new Program(args);
  running.push(program);
  return program;
}

async function reportOf(path: string, ...options: string[]): Promise<Report> {
  const { code, stdout, stderr } = await lastack("report", path, "--format", "json", ...options);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const report = JSON.parse(stdout);
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  return report;
}

describe("record and stream", () => {
  // The kernel leaves out a probe run now and then, and does not count each: one more play.
  const again = { retry: 1 } as const;

  test(
    "name the process that leaks, in what is saved around it and what is kept",
    again,
    async () => {
      const series = await mkdtemp(join(directory, "series-"));
      const saves = await mkdtemp(join(directory, "saves-"));
      const writer = start("record", "-o", join(series, "host.ndjson"), "--keep", "1h");
      const flight = start(
        ...["record", "-o", join(saves, "leak.ndjson"), "--on-finding", "stuck-close-wait"],
        ...["--before", "30s", "--after", "1s", "--no-gzip", ...EARLY],
      );
      const stream = start("stream", "-q");
      const programs = [writer, flight, stream];
      for (const program of programs) await program.until("stderr", /^tracing/m);
      const peer = await Peer.start();
      await peer.visit();
      const line = new RegExp(`^.*"kind":"stuck-close-wait".*"pid":${process.pid}\\b.*$`, "m");
      const [live] = await stream.until("stdout", line);
      const [, saved = ""] = await flight.until("stderr", /saved: (\S+)$/m);
      writer.kill("SIGUSR1");
      await writer.until("stderr", /saved: \S+$/m);
      for (const program of programs) program.kill("SIGTERM");
      for (const program of programs) expect((await program.ended).code).toBe(0);
      peer.close();

      const { summary } = JSON.parse(live);
      for (const [path, ...threshold] of [[saved, ...EARLY], [series]] as const) {
        const { endpoints, findings, recording } = await reportOf(path, ...threshold);
        const finding = findings.find(
          ({ kind, subject }) => kind === "stuck-close-wait" && subject.pid === process.pid,
        );
        expect(finding).toMatchObject({ count: 1, summary });
        expect(recording.closedCleanly).toBe(true);
        expect(recording.ledger).toMatchObject({ lost: 0, unparsed: 0, balanced: true });
        const leaked = [...endpoints].find(({ id }) => finding?.endpoints.includes(id));
        expect(leaked).toMatchObject({ state: "CLOSE_WAIT", role: "passive", unread: "drained" });
        expect(leaked?.owner).toMatchObject({ pid: process.pid, source: "accept" });
      }
      const modes = readdirSync(series).map((name) => statSync(join(series, name)).mode & 0o777);
      expect(modes).toEqual([0o600, 0o600]);

      const asked = ["--at", "-100ms", "--port", String(peer.port), "--json"];
      for (const path of [saved, series]) {
        const { stderr, stdout } = await lastack("states", path, ...asked);
        expect(stderr).toBe("");
        const states: { state: string }[] = JSON.parse(stdout);
        expect(states.map(({ state }) => state).sort()).toEqual(["CLOSE_WAIT", "FIN_WAIT2"]);
      }
      const replay = await lastack("replay", series, "--speed", "max");
      expect(replay.stdout).toContain(summary);
    },
  );

  test("leave no bpftrace behind when lastack itself is killed, and every whole line", async () => {
    const path = join(directory, "torn.ndjson");
    const recorder = start("record", "-o", path);
    await recorder.until("stderr", /^tracing/m);
    const bpftrace = await bpftraceOf(recorder);
    recorder.kill("SIGKILL");
    await recorder.ended;
    await untilGone(bpftrace);
    const { code, stderr } = await lastack("report", path);
    expect(code).toBe(0);
    expect(stderr).toMatch(/not closed cleanly/);
  });

  test("end quietly when the reader of the stream goes away", async () => {
    const stream = start("stream", "-q");
    await stream.until("stderr", /^tracing/m);
    stream.child.stdout?.destroy();
    const peer = await Peer.start();
    await peer.visit();
    for (const socket of peer.accepted) socket.destroy();
    await peer.visit();
    const ended = await stream.ended;
    peer.close();
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toMatch(/Error|EPIPE/);
  });
});
