/** `lastack check FILE` as monitoring runs it: one line on stdout, and 0 to 3 whatever happens. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { builtProgram, NOBODY, type Run } from "./built-program.ts";
import { cutRecording, newerRecording, wholeRecording } from "./sample-recording.ts";

const program = builtProgram();
const CODES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;

/** One line on stdout that says what the exit code says. */
function verdictOf({ code, signal, stdout }: Run): string {
  const match = /^LASTACK (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| '[^|\n]+)?\n$/.exec(stdout);
  const verdict = (match?.[1] ?? stdout) as keyof typeof CODES;
  expect({ code, signal }).toEqual({ code: CODES[verdict], signal: null });
  return verdict;
}

async function check(text: string | Buffer, ...args: readonly string[]): Promise<Run> {
  return program.run(["check", program.file("check.ndjson", text), ...args]);
}

test("a directory of files is judged as the recording that they are", async () => {
  const directory = mkdtempSync(join(program.directory, "many-"));
  const later = wholeRecording().replace(
    /"startedAt":"[^"]+"/,
    '"startedAt":"2099-01-01T00:00:00Z"',
  );
  writeFileSync(join(directory, "1.ndjson"), wholeRecording());
  writeFileSync(join(directory, "2.ndjson"), later);
  const runs = [directory, ...["1.ndjson", "2.ndjson"].map((name) => join(directory, name))];
  const whole = await program.run(["check", directory, "--close-wait", ":0"]);
  // Between two runs of a recorder nobody looked.
  expect(verdictOf(whole)).toBe("UNKNOWN");
  expect(whole.stdout).toContain("at 2099-01-01");
  expect(await program.run(["check", ...runs.slice(1), "--close-wait", ":0"])).toEqual(whole);
});

/** The recording has one connection in CLOSE_WAIT since 0.2 s, one in TIME_WAIT, and lasts 31 s. */
describe("a whole recording", () => {
  test.each<[keyof typeof CODES, readonly string[]]>([
    ["WARNING", []],
    ["OK", ["--finding", "none"]],
    ["OK", ["--finding", "stuck-last-ack,port-exhaustion=critical"]],
    ["CRITICAL", ["--finding", "stuck-close-wait=critical"]],
    ["WARNING", ["--finding", "orphan-pressure", "--finding", "stuck-close-wait"]],
    ["OK", ["--close-wait", "1"]],
    ["OK", ["--close-wait", "50:200"]],
    ["WARNING", ["--close-wait", "0:1"]],
    ["WARNING", ["--close-wait", "0"]],
    ["CRITICAL", ["--close-wait", "0:0"]],
    ["CRITICAL", ["--close-wait", ":0"]],
    ["CRITICAL", ["--close-wait", ":0", "--for", "30s"]],
    ["OK", ["--close-wait", ":0", "--for", "31s"]],
    ["OK", ["--close-wait", ":0", "--at", "+0.1s"]],
    ["CRITICAL", ["--close-wait", ":0", "--at", "+0.3s"]],
    ["CRITICAL", ["--state", "close-wait=0:0"]],
    ["CRITICAL", ["--state", "TIME_WAIT=0:0", "--finding", "none"]],
    ["CRITICAL", ["--close-wait", "5", "--state", "LAST_ACK=0", "--state", "TIME_WAIT=:0"]],
    ["OK", ["--close-wait", "5", "--state", "LAST_ACK=0"]],
    ["OK", ["--close-wait", "1:1", "--fin-retransmits", "0:0", "--time-wait-ports", "70%:90%"]],
    ["WARNING", ["--close-wait", "1:1", "--time-wait-ports", "0.001:90"]],
    ["OK", ["--threshold", "stuck-close-wait=60"]],
    ["OK", ["--port", "443"]],
    ["WARNING", ["--port", "8080"]],
    ["OK", ["--pid", "999"]],
    ["WARNING", ["--comm", "stuck app"]],
    ["OK", ["--at", "+5s"]],
    ["WARNING", ["--at", "-1s"]],
    ["UNKNOWN", ["--at", "+5s", "--finding", "stuck-close-wait"]],
  ])("is %s with %j", async (verdict, args) => {
    const run = await check(wholeRecording(), ...args);
    expect(verdictOf(run)).toBe(verdict);
    expect(run.stderr).toBe("");
  });

  test("says what, who and when, with the data", async () => {
    const { stdout } = await check(wholeRecording(), "--close-wait", "0:9");
    expect(stdout).toMatch(
      /^LASTACK WARNING - 1 in CLOSE_WAIT \(WARNING above 0\), held by stuck app \(pid 300\): 1, at \d{4}-\d\d-\d\dT[\d:.]+Z \| /,
    );
    expect(stdout).toContain(" 'close_wait'=1;0;9;0 ");
  });

  test("is read compressed and from stdin", async () => {
    const args = ["--close-wait", ":0"];
    expect(verdictOf(await check(gzipSync(wholeRecording()), ...args))).toBe("CRITICAL");
    const piped = await program.run(["check", "-", ...args], { input: wholeRecording() });
    expect(verdictOf(piped)).toBe("CRITICAL");
  });

  test("is judged without root", async () => {
    const file = program.file("nobody.ndjson", wholeRecording());
    const run = await program.run(["check", file, "--close-wait", "5"], { uid: NOBODY });
    expect(verdictOf(run)).toBe("OK");
  });
});

describe("a recording that is not whole is UNKNOWN", () => {
  test.each<[string, () => string]>([
    ["cut off", cutRecording],
    ["damaged", () => wholeRecording().replace('{"type":"heartbeat"', '{"type:"heartbeat"')],
    ["with a loss", () => wholeRecording().replace(/"lost":0(?!.*"lost")/s, '"lost":2')],
    ["out of balance", () => wholeRecording().replace('"balanced":true', '"balanced":false')],
  ])("%s", async (_, text) => {
    const calm = await check(text(), "--close-wait", "50:200");
    expect(verdictOf(calm)).toBe("UNKNOWN");
    expect(calm.stdout).toMatch(/UNKNOWN - incomplete: .*Seen even so: OK/);
    const loud = await check(text(), "--close-wait", ":0");
    expect(verdictOf(loud)).toBe("UNKNOWN");
    expect(loud.stdout).toMatch(/Seen even so: CRITICAL, 1 in CLOSE_WAIT/);
    const chosen = await check(text(), "--close-wait", ":0", "--despite-loss");
    expect(verdictOf(chosen)).toBe("CRITICAL");
    const quiet = await check(text(), "--close-wait", "50:200", "--despite-loss");
    expect(verdictOf(quiet)).toBe("UNKNOWN");
    for (const { stderr } of [calm, loud, chosen, quiet]) expect(stderr).toBe("");
  });
});

describe("what cannot be answered is UNKNOWN, on stdout and in a line on stderr", () => {
  async function expectUnknown(args: readonly string[], says: RegExp, uid?: number): Promise<void> {
    const run = await program.run(["check", ...args], uid === undefined ? {} : { uid });
    expect(verdictOf(run)).toBe("UNKNOWN");
    expect(run.stdout).toMatch(says);
    expect(run.stderr).toMatch(/^lastack: [^\n]+\n$/);
  }

  test.each<[readonly string[], RegExp]>([
    [["--bogus"], /unknown option --bogus/],
    [["--close-wait"], /argument missing/],
    [["--close-wait", "many"], /WARNING:CRITICAL, such as 50:200/],
    [["--close-wait", ""], /such as 50:200/],
    [["--close-wait", ":"], /such as 50:200/],
    [["--close-wait", "1:2:3"], /such as 50:200/],
    [["--close-wait", "-1:5"], /such as 50:200/],
    [["--close-wait", "1.5:5"], /such as 50:200/],
    [["--close-wait", "200:50"], /must not be above/],
    [["--fin-retransmits", "5%"], /such as 50:200/],
    [["--time-wait-ports", "90:70"], /must not be above/],
    [["--time-wait-ports", "70%:101%"], /such as 70%:90%/],
    [["--state", "CLOSE_WAIT"], /NAME=WARNING:CRITICAL/],
    [["--state", "CLOSE_WAIT=1=2"], /NAME=WARNING:CRITICAL/],
    [["--state", "HALF_OPEN=1:2"], /no state/],
    [["--state", "LISTEN=1:2"], /no endpoints/],
    [["--for", "soon"], /number and a unit/],
    [["--for", "0s"], /longer than nothing/],
    [["--finding", "leak"], /Kinds are/],
    [["--finding", "stuck-close-wait=bad"], /warning or critical/],
    [["--finding", "incomplete-trace=warning"], /always UNKNOWN/],
    [["--at", "+1s"], /--at is for a recording/],
    [["x", "--duration", "5s"], /--duration is for a look/],
    [["/nonexistent"], /no such file/],
    [["/"], /directory|recording/],
  ])("%j", (args, says) => expectUnknown(args, says));

  test("a TIME outside of the recording", async () => {
    const file = program.file("whole.ndjson", wholeRecording());
    await expectUnknown([file, "--at", "+10m"], /outside the recording/);
    await expectUnknown([file, "--at", "-10m"], /outside the recording/);
    await expectUnknown([file, "--at", "noon"], /no ISO 8601/);
    const piped = await program.run(["check", "-", "--at", "+1s"], { input: wholeRecording() });
    expect(verdictOf(piped)).toBe("UNKNOWN");
  });

  test("a recording of a later program, and what is none", async () => {
    await expectUnknown([program.file("newer.ndjson", newerRecording())], /schema 2/);
    await expectUnknown([program.file("empty.ndjson", "")], /no recording/);
    await expectUnknown([program.file("bash.ndjson", "#!/bin/sh\n")], /no recording/);
  });

  test("no right to trace, or to read", async () => {
    await expectUnknown([], /needs root/, NOBODY);
    await expectUnknown([join(program.directory, "none")], /no such file/, NOBODY);
  });

  test("a name of a file that wants to be more", async () => {
    const name = "x | 'load'=0\nLASTACK OK - $(reboot)";
    await expectUnknown([name], /cannot read x \? load=0\?LASTACK OK - \?\(reboot\)/);
  });
});

test("help is help", async () => {
  const { code, stdout, stderr } = await program.run(["check", "--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN/);
});

test("an answer that nobody takes keeps its code, and says nothing more", async () => {
  const file = program.file("piped.ndjson", wholeRecording());
  const gone = "exec 0<&-";
  const answer = await program.pipe(["check", file, "--close-wait", ":0"], gone);
  expect(answer.stdout).toMatch(/^2\n/);
  expect(answer.stderr).toBe("");
  expect((await program.pipe(["check", "--bogus"], gone)).stdout).toMatch(/^3\n/);
});
