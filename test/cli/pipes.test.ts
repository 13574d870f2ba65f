/** Output to a reader who leaves early ends quietly; input comes from a pipe as well. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { recordingText } from "../event/sample-events.ts";
import { builtProgram } from "./built-program.ts";
import { wholeRecording } from "./sample-recording.ts";

const program = builtProgram();

describe("a reader who leaves early", () => {
  test.each([
    [["report", "--format", "text"]],
    [["report", "--format", "json"]],
    [["report", "--format", "csv"]],
    [["report", "--format", "html"]],
    [["states", "--json"]],
    [["replay", "--speed", "max"]],
  ])("%j | head -1 ends without a word", async (args) => {
    const file = program.file("many.ndjson", recordingText(3000));
    const run = await program.pipe([...args, file], "head -1");
    const lines = run.stdout.trimEnd().split("\n");
    expect(run.stderr).toBe("");
    expect(lines.at(-2)).toBe("0");
  });

  test("who takes nothing at all", async () => {
    const file = program.file("many2.ndjson", recordingText(3000));
    const run = await program.pipe(["report", file], "true");
    expect({ stderr: run.stderr, codes: run.stdout }).toEqual({ stderr: "", codes: "0\n0\n" });
  });

  test("--help | head -1", async () => {
    const run = await program.pipe(["--help"], "head -1");
    expect(run).toMatchObject({ stderr: "", stdout: expect.stringMatching(/^Usage: .*\n0\n0\n$/) });
  });
});

test("a full disk behind stdout is said in one line", async () => {
  const file = program.file("full.ndjson", wholeRecording());
  const run = await program.pipe(["report", file], 'true; "$0" "$@" >/dev/full');
  expect(run).toMatchObject({
    stderr:
      "lastack: cannot write to stdout: the disk is full; free some space, or write elsewhere\n",
    stdout: "1\n",
  });
});

describe("a recording from a pipe", () => {
  test.each(["text", "json", "markdown", "html", "mermaid", "perfetto", "csv"])(
    "is read for --format %s as from a file",
    async (format) => {
      const text = wholeRecording();
      const file = program.file("piped.ndjson", text);
      const piped = await program.run(["report", "-", "--format", format], { input: text });
      const read = await program.run(["report", file, "--format", format]);
      expect(piped).toMatchObject({ code: 0, stderr: "" });
      expect(piped.stdout).toBe(read.stdout);
      expect(piped.stdout.length).toBeGreaterThan(20);
    },
  );

  test("compressed, by its name", async () => {
    const file = program.file("packed.ndjson.gz", gzipSync(wholeRecording()));
    const plain = program.file("plain.ndjson", wholeRecording());
    const [packed, unpacked] = await Promise.all([
      program.run(["report", file, "--json"]),
      program.run(["report", plain, "--json"]),
    ]);
    expect(packed).toEqual(unpacked);
  });
});

describe("plain lines instead of a dashboard", () => {
  test("tell every teardown of the recording, also the last, and no escape byte", async () => {
    const file = program.file("replay.ndjson", wholeRecording());
    const run = await program.run(["replay", "--speed", "max", file]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    expect(run.stdout.match(/ graceful (?:active|passive) /g)).toHaveLength(2);
    expect(run.stdout).not.toContain("\u001b");
  });

  test("tell with --from only what came after", async () => {
    const file = program.file("replay-from.ndjson", wholeRecording());
    const from = async (moment: string) =>
      (await program.run(["replay", "--speed", "max", "--from", moment, file])).stdout;
    expect((await from("+1.4s")).match(/ graceful (?:active|passive) /g)).toHaveLength(2);
    const later = await from("+20s");
    expect(later).not.toContain("graceful");
    expect(later).toMatch(/ warning stuck-close-wait: /);
  });

  test("tell a teardown that ended with the recording", async () => {
    const lines = wholeRecording().trimEnd().split("\n");
    const text = `${lines.filter((line) => !/"type":"(?:heartbeat|footer)"/.test(line)).join("\n")}\n`;
    const run = await program.run(["replay", "--speed", "max", program.file("short.ndjson", text)]);
    expect(run.stdout.match(/ graceful (?:active|passive) /g)).toHaveLength(2);
  });
});

describe("a moment of a recording", () => {
  test("is a table of sockets, or an array of the contract's objects", async () => {
    const file = program.file("states.ndjson", wholeRecording());
    const run = await program.run(["states", file, "--at", "+1s", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const rows: unknown[] = JSON.parse(run.stdout);
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual({
      local: { address: "10.0.0.2", port: 8080 },
      remote: { address: "10.0.0.1", port: 40_000 },
      netns: 4026531840,
      state: "CLOSE_WAIT",
      ageMs: 800,
      evidence: "observed",
      owner: { pid: 300, comm: "stuck app", source: "accept", confidence: "certain" },
    });
    const table = await program.run(["states", file, "--at", "-10s", "--state", "close-wait"]);
    expect(table.stdout).toMatch(
      /^State .*\nCLOSE_WAIT +2\d\.\d s +10\.0\.0\.2:8080 +10\.0\.0\.1:40000 .*stuck app \(300\)\n$/,
    );
  });

  test("names nobody with --redact, and is found by the names of before", async () => {
    const file = program.file("states.ndjson", wholeRecording());
    const filter = ["--comm", "stuck app", "--cidr", "10.0.0.1"];
    const run = await program.run(["states", file, "--at", "+1s", "--redact", ...filter]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/\nCLOSE_WAIT .*:8080 .*:40000 .* task-[0-9a-f]{10} \(300\)\n$/);
    expect(run.stdout).not.toMatch(/stuck app|10\.0\.0/);
  });

  test.each([
    [["--port", "8080"], 1],
    [["--port", "443,8080"], 3],
    [["--pid", "300"], 1],
    [["--comm", "stuck app"], 1],
    [["--cidr", "10.0.0.0/30"], 3],
    [["--cidr", "192.168.0.0/16,10.9.0.0/16"], 0],
    [["--netns", "1"], 0],
    [["--netns", "all"], 3],
    [["--state", "ESTABLISHED,CLOSE_WAIT"], 3],
    [["--state", "fin-wait-2"], 0],
  ])("filtered by %j has %i rows", async (filter, count) => {
    const file = program.file("filtered.ndjson", wholeRecording());
    const run = await program.run(["states", file, "--at", "+1s", "--json", ...filter]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toHaveLength(count);
  });
});
