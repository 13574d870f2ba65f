/** Help fits a terminal of 80 columns and shows by example. */
import { describe, expect, test } from "vitest";
import { builtProgram } from "./built-program.ts";

const program = builtProgram();

const COMMANDS = [
  "live",
  "record",
  "replay",
  "report",
  "states",
  "stream",
  "check",
  "doctor",
  "explain",
];

test("the program's help names every command, the codes and how to write a TIME", async () => {
  const run = await program.run(["--help"]);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  for (const command of COMMANDS) expect(run.stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  expect(run.stdout).toMatch(/Exit codes: 0 done/);
  expect(run.stdout).toMatch(/TIME is an ISO 8601 instant/);
  expectNarrow(run.stdout);
});

describe("--help of", () => {
  test.each(COMMANDS)("%s shows an example and fits 80 columns", async (command) => {
    const run = await program.run([command, "--help"]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(new RegExp(`^Usage: lastack ${command}\\b`));
    expect(run.stdout).toMatch(/Examples?:\n {2}(?:sudo )?lastack /);
    expectNarrow(run.stdout);
  });

  test("any other command that the program names does so too", async () => {
    const { stdout } = await program.run(["--help"]);
    const named = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(
      (match) => match[1] as string,
    );
    expect(named).toEqual(expect.arrayContaining(COMMANDS));
    for (const command of named.filter((each) => each !== "help" && !COMMANDS.includes(each))) {
      const run = await program.run([command, "--help"]);
      expect(run.stdout, command).toMatch(/Examples?:\n {2}(?:sudo )?lastack /);
      expectNarrow(run.stdout);
    }
  });
});

test.each([[["help"]], [["help", "report"]], [["report", "-h"]]])(
  "%j is help too",
  async (args) => {
    const run = await program.run(args);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^Usage: lastack/);
  },
);

test("--version is the package's, alone on its line", async () => {
  const run = await program.run(["--version"]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

function expectNarrow(text: string): void {
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
}
