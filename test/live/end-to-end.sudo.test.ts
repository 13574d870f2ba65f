/** The built program on the real kernel, as a user runs it: record, stream, replay, report, states. */

import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import schema from "../../src/export/report.schema.json" with { type: "json" };
import type { Report } from "../../src/export/report.ts";
import { bpftraceOf, untilGone } from "./bpftrace-of.ts";
import { lastack, Program } from "./program.ts";
import { requireTracing } from "./requires.ts";

const validate = new Ajv2020({ strict: false }).compile(schema);
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

/** A listener that accepts, reads (as Node does) and never closes, with its port. */
async function leakyServer(): Promise<{ server: Server; port: number; accepted: Socket[] }> {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0, accepted };
}

/** Connect and close, as a client that is done. */
async function visit(port: number): Promise<void> {
  const client = connect(port, "127.0.0.1");
  await once(client, "connect");
  client.end();
  client.destroy();
  await once(client, "close");
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
    "name the process that leaks, and the recording replays to the same finding",
    again,
    async () => {
      const path = join(await mkdtemp(join(directory, "leak-")), "leak.ndjson");
      const recorder = start("record", "-o", path);
      const stream = start("stream", "-q");
      await recorder.until("stderr", /^tracing/m);
      await stream.until("stderr", /^tracing/m);
      const { server, port, accepted } = await leakyServer();
      await visit(port);
      const line = new RegExp(`^.*"kind":"stuck-close-wait".*"pid":${process.pid}\\b.*$`, "m");
      const [live] = await stream.until("stdout", line);
      recorder.kill("SIGINT");
      expect((await recorder.ended).code).toBe(0);
      stream.kill("SIGTERM");
      expect((await stream.ended).code).toBe(0);
      for (const socket of accepted) socket.destroy();
      server.close();

      const report = await reportOf(path);
      const finding = report.findings.find(
        ({ kind, subject }) => kind === "stuck-close-wait" && subject.pid === process.pid,
      );
      expect(finding).toMatchObject({ count: 1, summary: JSON.parse(live).summary });
      expect(report.recording.closedCleanly).toBe(true);
      expect(report.recording.ledger).toMatchObject({ lost: 0, unparsed: 0, balanced: true });
      expect(statSync(path).mode & 0o777).toBe(0o600);

      const leaked = [...report.endpoints].find(({ id }) => finding?.endpoints.includes(id));
      expect(leaked).toMatchObject({ state: "CLOSE_WAIT", role: "passive", unread: "drained" });
      expect(leaked?.owner).toMatchObject({ pid: process.pid, source: "accept" });
      const states = await lastack(
        "states",
        path,
        "--at",
        "-100ms",
        "--port",
        String(port),
        "--json",
      );
      const both = [...report.endpoints].filter(({ local, remote }) =>
        [local.port, remote.port].includes(port),
      );
      expect(
        JSON.parse(states.stdout)
          .map(({ state }: { state: string }) => state)
          .sort(),
        `${JSON.stringify(report.recording.ledger)} ${JSON.stringify(both)}`,
      ).toEqual(["CLOSE_WAIT", "FIN_WAIT2"]);
      const replay = await lastack("replay", path, "--speed", "max");
      expect(replay.stdout).toContain(finding?.summary);
    },
  );

  test("save around a finding, and what is being written when they are asked", {
    timeout: 240_000,
  }, async () => {
    const series = join(directory, "series");
    mkdirSync(series);
    const saves = join(directory, "saves");
    mkdirSync(saves);
    const early = ["--threshold", "stuck-close-wait=1"];
    const writer = start("record", "-o", join(series, "host.ndjson"), "--keep", "1h", ...early);
    const flight = start(
      ...["record", "-o", join(saves, "leak.ndjson"), "--on-finding", "stuck-close-wait"],
      ...["--before", "30s", "--after", "1s", "--no-gzip", ...early],
    );
    await writer.until("stderr", /^tracing/m);
    await flight.until("stderr", /^tracing/m);
    const { server, port, accepted } = await leakyServer();
    await visit(port);
    const [, saved = ""] = await flight.until("stderr", /saved: (\S+)$/m);
    writer.kill("SIGUSR1");
    await writer.until("stderr", /saved: \S+$/m);
    for (const program of [writer, flight]) program.kill("SIGTERM");
    for (const program of [writer, flight]) expect((await program.ended).code).toBe(0);
    for (const socket of accepted) socket.destroy();
    server.close();
    for (const path of [saved, series]) {
      const report = await reportOf(path, ...early);
      const kinds = report.findings.filter(({ subject }) => subject.pid === process.pid);
      expect(kinds.map(({ kind }) => kind)).toContain("stuck-close-wait");
      expect(report.recording.closedCleanly).toBe(true);
    }
    const modes = readdirSync(series).map((name) => statSync(join(series, name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

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
    const { server, port, accepted } = await leakyServer();
    await visit(port);
    for (const socket of accepted) socket.destroy();
    await visit(port);
    const ended = await stream.ended;
    server.close();
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toMatch(/Error|EPIPE/);
  });
});
