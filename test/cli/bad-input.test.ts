/** Whatever is given, the answer is one line that says what, why and what to do, and the right code. */
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { recordingText } from "../event/sample-events.ts";
import { builtProgram, NOBODY, type Run } from "./built-program.ts";
import { cutRecording, newerRecording, wholeRecording } from "./sample-recording.ts";

const program = builtProgram();

/** One line on stderr, nothing on stdout, no stack, no control byte. */
function expectRefusal(run: Run, code: number, says: RegExp): void {
  expect({ code: run.code, signal: run.signal, stdout: run.stdout }).toEqual({
    code,
    signal: null,
    stdout: "",
  });
  expect(run.stderr).toMatch(/^lastack: [^\n]+\n$/);
  expect(run.stderr).toMatch(says);
  expect(run.stderr).not.toMatch(/\n\s+at |node:internal|\p{Cc}(?!$)/u);
  expect(run.stderr.length).toBeLessThan(1100);
}

describe("wrong usage is 2", () => {
  test.each<[readonly string[], RegExp]>([
    [["--bogus"], /unknown option '--bogus'.*--help/],
    [["report", "--bogus", "x"], /unknown option '--bogus'/],
    [["report", "x", "--formt", "json"], /--formt.*Did you mean --format/],
    [["bogus"], /unknown command 'bogus'/],
    [["recrod"], /Did you mean record/],
    [["report"], /missing required argument 'file'/],
    [["replay"], /missing required argument 'file'/],
    [["states"], /missing required argument 'file'/],
    [["record"], /required option '-o/],
    [["diff", "a", "b", "c"], /too many arguments/],
    [["report", "x", "--format"], /argument missing/],
    [["report", "x", "--format", "pdf"], /Allowed choices are/],
    [["report", "x", "--port", "0"], /no port, 1 to 65535/],
    [["report", "x", "--port", "80,http"], /"http" is no port/],
    [["report", "x", "--port", "65536"], /"65536" is no port/],
    [["report", "x", "--port", "-1"], /port/],
    [["report", "x", "--port", ""], /port/],
    [["report", "x", "--cidr", "10.0.0.0/33"], /no network/],
    [["report", "x", "--cidr", "10.0.0/8"], /no network/],
    [["report", "x", "--cidr", "::1/129"], /no network/],
    [["report", "x", "--cidr", "10.0.0.0/8/9"], /no network/],
    [["report", "x", "--cidr", "10.0.0.0/"], /no network/],
    [["report", "x", "--pid", "nginx"], /whole number/],
    [["report", "x", "--pid", "-5"], /--pid|whole number/],
    [["report", "x", "--pid", "99999999999999999999"], /pid|number/],
    [["report", "x", "--netns", "eth0"], /whole number|inode|namespace/],
    [["report", "x", "--netns", "99999999999999999999"], /netns|number/],
    [["report", "x", "--state", "HALF_OPEN"], /no state, such as/],
    [["report", "x", "--state", "CLOSE_WAIT,,"], /no state/],
    [["report", "x", "--threshold", "stuck=5"], /Kinds are/],
    [["report", "x", "--threshold", "stuck-close-wait"], /write stuck-close-wait=10/],
    [["report", "x", "--threshold", "stuck-close-wait=soon"], /no number/],
    [["report", "x", "--threshold", "stuck-close-wait=-1"], /no number/],
    [["report", "x", "--threshold", "stuck-close-wait=1=2"], /no number/],
    [["replay", "x", "--speed", "0"], /above 0, or max/],
    [["replay", "x", "--speed", "fast"], /above 0, or max/],
    [["replay", "x", "--fps", "100"], /0\.5 to 20/],
    [["replay", "x", "--theme", "pink"], /Allowed choices/],
    [["record", "-o", "f", "--duration", "10"], /number and a unit/],
    [["record", "-o", "f", "--duration", "0s"], /longer than nothing/],
    [["record", "-o", "f", "--duration", "1y"], /number and a unit/],
    [["record", "-o", "f", "--detail", "everything"], /Allowed choices/],
    [["record", "-o", "f", "--before", "5m"], /name it with --on-finding/],
    [["stream", "extra"], /too many arguments/],
    [["stream", "--detail", "aggregate"], /only counts most: use --detail summary/],
    [["explain", "nothing-of-the-kind"], /nothing is known of "nothing-of-the-kind"/],
    [["explain", "close-wiat"], /did you mean/],
    [["explain", "\u001b[31mred\n"], /nothing is known of/],
  ])("%j", async (args, says) => {
    expectRefusal(await program.run(args), 2, says);
  });

  test.each<[readonly string[], RegExp]>([
    [["--from", "yesterday"], /--from yesterday: it is no ISO 8601 instant/],
    [["--from", "25:00:00"], /no such time of day/],
    [["--to", "+1x"], /--to \+1x: .*unit/],
    [["--to", "+10m"], /outside the recording, which is 31\.0 s long/],
    [["--to", "-10m"], /--to -10m is outside the recording/],
    [["--from", "+9s", "--to", "+3s"], /--from is after --to/],
    [["--from", "2031-01-01T00:00:00Z"], /outside the recording|months away/],
  ])("a TIME %j", async (args, says) => {
    const file = program.file("whole.ndjson", wholeRecording());
    expectRefusal(await program.run(["report", file, ...args]), 2, says);
  });

  test("a TIME on stdin, which cannot be read twice", async () => {
    const run = await program.run(["report", "-", "--from", "+1s"], { input: wholeRecording() });
    expectRefusal(run, 2, /stdin cannot be read twice/);
  });
});

describe("unreadable input is 3", () => {
  const COMMANDS = [[["report"]], [["states"]], [["replay", "--speed", "max"]]];

  test.each(COMMANDS)("%j of a file that is missing", async (command) => {
    expectRefusal(
      await program.run([...command, "/nowhere/run.ndjson"]),
      3,
      /\/nowhere\/run\.ndjson/,
    );
  });

  test.each(COMMANDS)("%j of a directory without a recording", async (command) => {
    const run = await program.run([...command, "/proc/self/fdinfo"]);
    expectRefusal(run, 3, /holds no \.ndjson file/);
  });

  test.each(COMMANDS)("%j of an empty file", async (command) => {
    expectRefusal(await program.run([...command, program.file("empty", "")]), 3, /empty|no header/);
  });

  test.each(COMMANDS)("%j of a binary file", async (command) => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255));
    expectRefusal(await program.run([...command, program.file("noise", noise)]), 3, /noise/);
  });

  test.each(COMMANDS)("%j of somebody else's JSON", async (command) => {
    const text = '{"level":"info","msg":"started"}\n{"level":"info","msg":"done"}\n';
    expectRefusal(await program.run([...command, program.file("app.log", text)]), 3, /recording/);
  });

  test.each(COMMANDS)("%j of a newer schema names both versions", async (command) => {
    const file = program.file("newer.ndjson", newerRecording());
    expectRefusal(await program.run([...command, file]), 3, /schema 2/);
  });

  test.each(COMMANDS)("%j of a damaged compressed file", async (command) => {
    const gz = gzipSync(wholeRecording());
    gz.fill(0xff, 2, 9);
    expectRefusal(
      await program.run([...command, program.file("bad.ndjson.gz", gz)]),
      3,
      /bad\.ndjson\.gz/,
    );
  });

  test("nothing on stdin", async () => {
    expectRefusal(await program.run(["report", "-"]), 3, /empty|no header|stdin/);
  });

  test("a name full of escapes cannot reach the terminal", async () => {
    const name = "/nowhere/\u001b]0;owned\u0007\n\u202e.ndjson";
    const run = await program.run(["report", name]);
    expectRefusal(run, 3, /there is no such file/);
    for (const raw of ["\u202e", "\u001b", "\u0007"]) expect(run.stderr).not.toContain(raw);
  });

  test.skipIf(process.getuid?.() !== 0)("a file that this user may not read", async () => {
    const file = program.file("secret.ndjson", wholeRecording());
    const { chmodSync } = await import("node:fs");
    chmodSync(file, 0o600);
    expectRefusal(await program.run(["report", file], { uid: NOBODY }), 3, /permi|EACCES/i);
  });
});

describe("a recording that was cut off", () => {
  test.each([[["report"]], [["states"]], [["replay", "--speed", "max"]]])(
    "%j uses it, and says so",
    async (command) => {
      const file = program.file("cut.ndjson", cutRecording());
      const run = await program.run([...command, file]);
      expect(run.code).toBe(0);
      expect(run.stdout).not.toBe("");
      expect(run.stderr).toMatch(/^lastack: [^\n]*not closed cleanly[^\n]*\n$/);
    },
  );

  test("one that is whole says nothing of the kind, also when only a part is asked for", async () => {
    const file = program.file("whole2.ndjson", wholeRecording());
    for (const args of [[], ["--to", "+1s"], ["--from", "+1s", "--to", "+2s"]]) {
      const run = await program.run(["report", file, "--json", ...args]);
      expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(run.stdout)).toMatchObject({ recording: { closedCleanly: true } });
    }
  });

  test("a long one says nothing of the kind either, although reading stops early", async () => {
    const file = program.file("long.ndjson", recordingText(30_000));
    const run = await program.run(["report", file, "--json", "--to", "+1s"]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ recording: { closedCleanly: true } });
  });
});

describe("not permitted is 4", () => {
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY } : {};

  test.each([[["live"]], [[]], [["record", "-o", "/tmp/never.ndjson"]], [["stream"]]])(
    "%j without root",
    async (args) => {
      expectRefusal(await program.run(args, asNobody), 4, /needs root: .*sudo/);
      expect(existsSync("/tmp/never.ndjson")).toBe(false);
    },
  );

  test("doctor without root says what to do, and still examines", async () => {
    const run = await program.run(["doctor"], asNobody);
    expect(run.code).toBe(4);
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/root/);
  });

  test.each([["report"], ["states"]])("%s needs none", async (command) => {
    const file = program.file("open.ndjson", wholeRecording());
    const run = await program.run([command, file], asNobody);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("an output that is in the way is 1", () => {
  test("a file that exists is kept, and --force is the way", async () => {
    const file = program.file("whole3.ndjson", wholeRecording());
    const out = program.file("report.txt", "precious");
    expectRefusal(await program.run(["report", file, "-o", out]), 1, /there already.*--force/);
    expect(readFileSync(out, "utf8")).toBe("precious");
    const forced = await program.run(["report", file, "-o", out, "--force"]);
    expect({ code: forced.code, stderr: forced.stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(out, "utf8")).not.toContain("precious");
    expect(lstatSync(out).mode & 0o777).toBe(0o600);
  });

  test.each([false, true])(
    "a symbolic link is never followed, --force being %s",
    async (isForced) => {
      const file = program.file("whole4.ndjson", wholeRecording());
      const victim = program.file(`victim-${isForced}`, "precious");
      const link = join(program.directory, `link-${isForced}`);
      symlinkSync(victim, link);
      const run = await program.run(["report", file, "-o", link, ...(isForced ? ["--force"] : [])]);
      if (run.code !== 0) expectRefusal(run, 1, /link/);
      expect(readFileSync(victim, "utf8")).toBe("precious");
      expect(isForced || lstatSync(link).isSymbolicLink()).toBe(true);
    },
  );

  test("a directory, and a place in a directory that is not there", async () => {
    const file = program.file("whole5.ndjson", wholeRecording());
    const directory = join(program.directory, "out");
    mkdirSync(directory);
    expectRefusal(await program.run(["report", file, "-o", directory]), 1, /out/);
    expectRefusal(await program.run(["report", file, "-o", "/nowhere/at/all"]), 1, /\/nowhere\/at/);
  });
});

describe("-v", () => {
  test("adds where it happened to trouble that has a cause", async () => {
    const run = await program.run(["report", "/nowhere/run.ndjson", "-v"]);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/^lastack: [^\n]+\n[\s\S]*\n\s+at /);
  });
});
