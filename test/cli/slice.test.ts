/** \`lastack slice\`: the file it writes, what it says, and what it refuses. */
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Trace } from "../../src/core/fold.ts";
import type { RecordingHeader } from "../../src/event/recording.ts";
import type { ProcessEvent } from "../../src/event/trace-event.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { storiesOf } from "../core/stories.ts";
import { builtProgram, type Run } from "./built-program.ts";
import { cutRecording, wholeRecording } from "./sample-recording.ts";

const program = builtProgram();
const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));
/** As many as a report keeps. */
const ALL = { trace: { maxEnded: 1e6 } };

function out(name: string): string {
  return join(program.directory, name);
}

/** Cut into a new file of this name; returns its path and what was said. */
async function slice(name: string, ...args: string[]): Promise<Run & { readonly path: string }> {
  const path = out(name);
  const run = await program.run(["slice", DEMO, ...args, "-o", path]);
  return { ...run, path };
}

function headerOf(path: string): RecordingHeader {
  return JSON.parse(readFileSync(path, "utf8").split("\n", 1)[0] ?? "");
}

function expectRefusal(run: Run, code: number, says: RegExp): void {
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: "" });
  expect(run.stderr).toMatch(/^lastack: [^\n]+\n$/);
  expect(run.stderr).toMatch(says);
}

function verdictsOf(trace: Trace): string[] {
  return [...trace.endpoints()].map(({ tuple, verdict, role, trigger, phases, waves, owner }) => {
    const states = phases.map(({ state, from, to }) => `${state} ${from} ${to}`);
    const ports = `${tuple.localPort} ${tuple.remotePort}`;
    return JSON.stringify([ports, verdict, role, trigger, states, waves, owner?.pid ?? null]);
  });
}

describe("of a captured recording", () => {
  test("a window replays alone to the stories of the whole, with its times", async () => {
    const run = await slice("window.ndjson", "--from", "+30s", "--to", "+45.5s");
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "" });
    expect(run.stderr).toMatch(/^lastack: .*window\.ndjson: \d+ of \d+ events, \d+ endpoints\n$/);
    const whole = await readTrace(DEMO, { ...ALL, until: 45.5e9 });
    const part = await readTrace(run.path, ALL);
    expect(part).toMatchObject({ closedCleanly: true, endNs: 45.5e9 });
    expect(part.header).toEqual({ ...whole.header, slice: part.header.slice });
    expect(part.header.slice).toMatchObject({
      from: 30e9,
      to: 45.5e9,
      of: { closedCleanly: true },
    });
    const stories = storiesOf(whole.trace);
    const told = storiesOf(part.trace);
    expect(told.size).toBeGreaterThan(20);
    for (const [name, story] of told) expect(story, name).toEqual(stories.get(name));
    const lived = [...whole.trace.endpoints()].filter((e) => (e.endedAt ?? 45.5e9) >= 30e9);
    expect(told.size).toBeGreaterThanOrEqual(lived.length);
    const size = (path: string) => lstatSync(path).size;
    expect(size(run.path)).toBeLessThan(size(DEMO) / 2);
  });

  test("one endpoint comes with its peer, and its new id is said", async () => {
    const whole = await readTrace(DEMO, ALL);
    const one = [...whole.trace.endpoints()].findLast(({ peer }) => peer !== null);
    const run = await slice("one.ndjson", "--endpoint", one?.id ?? "");
    expect(run.stderr).toMatch(new RegExp(`2 endpoints; ${one?.id} is e[12] in it\n$`));
    const { trace, header } = await readTrace(run.path, ALL);
    expect([...trace.endpoints()].map(({ peer }) => peer?.id)).toEqual(["e2", "e1"]);
    expect(header.slice?.endpoints).toEqual([one?.id]);
  });

  test("a finding is found again alone", async () => {
    const whole = await readTrace(DEMO, ALL);
    const stuck = whole.trace.findings().find(({ kind }) => kind === "stuck-close-wait");
    const run = await slice("found.ndjson", "--finding", stuck?.id ?? "", "-q");
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    const { trace, header } = await readTrace(run.path, ALL);
    const { kind, summary, since, count } = stuck ?? {};
    expect(trace.findings()).toContainEqual(
      expect.objectContaining({ kind, summary, since, count }),
    );
    expect(header.slice?.findings).toEqual([stuck?.id]);
  });

  test("a slice of a slice is one of the whole", async () => {
    const first = await slice("first.ndjson", "--from", "+20s", "--to", "+60s");
    const second = await program.run([
      "slice",
      first.path,
      "--from",
      "+30s",
      "--to",
      "+45.5s",
      "-o",
      out("second.ndjson"),
    ]);
    expect(second.code).toBe(0);
    const direct = await slice("direct.ndjson", "--from", "+30s", "--to", "+45.5s");
    const [a, b] = await Promise.all(
      [out("second.ndjson"), direct.path].map((path) => readTrace(path, ALL)),
    );
    expect(storiesOf(a?.trace as Trace)).toEqual(storiesOf(b?.trace as Trace));
  });

  test("the report and the table of states take it as any other", async () => {
    const run = await slice("any.ndjson.gz", "--from", "+30s", "--to", "+45.5s");
    expect(gunzipSync(readFileSync(run.path)).toString()).toMatch(/^\{"type":"header"/);
    const report = await program.run(["report", run.path, "--json"]);
    expect({ code: report.code, stderr: report.stderr }).toEqual({ code: 0, stderr: "" });
    const rows = async (path: string, at: string) =>
      (await program.run(["states", path, "--at", at])).stdout;
    expect(await rows(run.path, "+40s")).toBe(await rows(DEMO, "+40s"));
  });
});

describe("--redact", () => {
  /** Everything in a recording that names somebody. */
  function namesIn(text: string): Set<string> {
    const names = new Set<string>();
    for (const line of text.trimEnd().split("\n")) {
      const record = JSON.parse(line);
      for (const key of [
        "hostname",
        "bootId",
        "comm",
        "exe",
        "cmdline",
        "unit",
        "container",
        "pod",
      ]) {
        if (typeof record[key] === "string") names.add(record[key]);
      }
      for (const key of ["local", "remote"]) {
        if (/^(?:127\.|0\.0\.0\.0|::1?$|\*)/.test(record[key] ?? "*")) continue;
        names.add(record[key]).add(record[key].split(".").slice(0, 3).join("."));
      }
      const { exe, cmdline } = record as Partial<ProcessEvent>;
      for (const word of [...(exe ?? "").split("/"), ...(cmdline ?? "").split(/\s+/)])
        names.add(word);
    }
    return names;
  }

  test("leaves no name and no address, and every verdict", async () => {
    const window = ["--from", "+10s", "--to", "+80s"];
    const plain = await slice("plain.ndjson", ...window);
    const run = await slice("redacted.ndjson", ...window, "--redact");
    expect(run.code).toBe(0);
    const before = readFileSync(plain.path, "utf8");
    const after = readFileSync(run.path, "utf8");
    const keys = [...after.matchAll(/"([^"]+)":/g)].join();
    // A port stays, and a word of the format itself is nobody's.
    const isOurs = (name: string) => /^\d+$/.test(name) || keys.includes(name);
    const names = [...namesIn(before)].filter((name) => name.length >= 4 && !isOurs(name));
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => after.includes(name))).toEqual([]);
    const [whole, part] = [await readTrace(plain.path, ALL), await readTrace(run.path, ALL)];
    expect(verdictsOf(part.trace)).toEqual(verdictsOf(whole.trace));
    expect(part.trace.summary()).toEqual(whole.trace.summary());
    const shapes = (trace: Trace) =>
      trace.findings().map(({ kind, since, until, count, severity, endpoints }) => {
        return { kind, since, until, count, severity, endpoints };
      });
    expect(shapes(part.trace)).toEqual(shapes(whole.trace));
    expect(headerOf(run.path)).toMatchObject({
      redacted: true,
      startedAt: headerOf(DEMO).startedAt,
      slice: { from: 10e9 },
    });
  });

  test("uses another key each time, and copies a whole recording where no part is named", async () => {
    const [a, b] = [await slice("k1.ndjson", "--redact"), await slice("k2.ndjson", "--redact")];
    expect(headerOf(a.path).hostname).toMatch(/^host-[0-9a-f]{10}$/);
    expect(headerOf(a.path).hostname).not.toBe(headerOf(b.path).hostname);
    const whole = await readTrace(DEMO, ALL);
    expect(verdictsOf((await readTrace(a.path, ALL)).trace)).toEqual(verdictsOf(whole.trace));
  });
});

describe("of a recording that was cut off", () => {
  test("its end is not called complete", async () => {
    const file = program.file("cut.ndjson", cutRecording());
    const run = await program.run(["slice", file, "--from", "+1s", "-o", out("torn.ndjson")]);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/\nlastack: [^\n]*not closed cleanly/);
    const { footer, header } = await readTrace(out("torn.ndjson"));
    expect(footer?.ledger.balanced).toBe(false);
    expect(header.slice?.of.closedCleanly).toBe(false);
    const report = await program.run(["report", out("torn.ndjson")]);
    expect(report.stdout).toMatch(/Incomplete/);
  });
});

describe("it refuses", () => {
  test.each<[readonly string[], number, RegExp]>([
    [["-o", "x"], 2, /missing required argument 'file'/],
    [[DEMO, "--from", "+1s"], 2, /required option '-o/],
    [[DEMO, "-o", "x"], 2, /say what to cut: --from, --to, --endpoint or --finding/],
    [["-", "--from", "+1s", "-o", "x"], 2, /stdin cannot be read twice/],
    [[DEMO, "--endpoint", "17", "-o", "x"], 2, /"17" is no id, such as e1/],
    [[DEMO, "--finding", "e17", "-o", "x"], 2, /"e17" is no id, such as f1/],
    [[DEMO, "--endpoint", "e99999", "-o", "x"], 2, /there is no endpoint e99999/],
    [[DEMO, "--endpoint", "e1", "--from", "-1s", "-o", "x"], 2, /e1 was gone before/],
    [[DEMO, "--finding", "f999", "-o", "x"], 2, /there is no finding f999 .*lastack report/],
    [[DEMO, "--from", "+9s", "--to", "+3s", "-o", "x"], 2, /--from is after --to/],
    [[DEMO, "--from", "soon", "-o", "x"], 2, /--from soon: it is no ISO 8601 instant/],
    [["/nowhere/run.ndjson", "--redact", "-o", "x"], 3, /\/nowhere\/run\.ndjson/],
    [["/etc", "--redact", "-o", "x"], 3, /\/etc is no recording: it holds no \.ndjson file/],
    [[DEMO, "--redact", "-o", "/nowhere/x"], 1, /cannot write \/nowhere\/x/],
  ])("%j", async (args, code, says) => {
    expectRefusal(await program.run(["slice", ...args], { cwd: program.directory }), code, says);
    expect(existsSync(out("x"))).toBe(false);
  });

  test("to write over a file, over the recording, or through a link", async () => {
    const file = program.file("own.ndjson", wholeRecording());
    const args = (output: string) => ["slice", file, "--from", "+1s", "-o", output];
    const taken = program.file("taken", "precious");
    expectRefusal(await program.run(args(taken)), 1, /there already.*--force/);
    expect(readFileSync(taken, "utf8")).toBe("precious");
    expectRefusal(await program.run([...args(file), "--force"]), 2, /is the recording itself/);
    expect(readFileSync(file, "utf8")).toBe(wholeRecording());
    const link = out("link");
    symlinkSync(file, link);
    expectRefusal(await program.run([...args(link), "--force"]), 2, /is the recording itself/);
    const forced = await program.run([...args(taken), "--force"]);
    expect(forced.code).toBe(0);
    expect(lstatSync(taken).mode & 0o777).toBe(0o600);
  });

  test("a pipe, which cannot be read twice", async () => {
    const pipe = out("pipe");
    execFileSync("mkfifo", [pipe]);
    expectRefusal(
      await program.run(["slice", pipe, "--redact", "-o", out("x")]),
      2,
      /cannot be read twice/,
    );
  });
});

test("- is stdout", async () => {
  const file = program.file("small.ndjson", wholeRecording());
  const run = await program.run(["slice", file, "--from", "+1s", "-o", "-"]);
  expect(run.code).toBe(0);
  const lines = run.stdout.trimEnd().split("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ type: "header", slice: { from: 1e9 } });
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "footer", t: 31e9 });
});
