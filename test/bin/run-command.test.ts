/** Running real commands: exit codes, their words, and a signal on the way. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCommand } from "../../bin/setup/run-command.js";

const sh = (text: string) => runCommand(["/bin/sh", "-c", text], { output: "kept" });

describe("runCommand", () => {
  it.each([
    ["exit 0", 0],
    ["exit 7", 7],
    ["kill -TERM $$", 143],
    ["read line", 1],
  ])("ends `%s` with %i", async (text, code) => {
    expect((await sh(text)).code).toBe(code);
  });

  it("tells a program that cannot be started by 127", async () => {
    expect((await runCommand(["/nonexistent/program"])).code).toBe(127);
  });

  it("keeps the first line of a complaint", async () => {
    expect((await sh("echo out; echo first >&2; echo second >&2")).complaint).toBe("first");
  });

  it("writes all output to an open file", async () => {
    const directory = mkdtempSync(join(tmpdir(), "lastack-run-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, "output");
    const file = openSync(path, "w");
    await runCommand(["/bin/sh", "-c", "echo out; echo err >&2"], { output: file });
    closeSync(file);
    expect(readFileSync(path, "utf8")).toBe("out\nerr\n");
  });

  it("passes a signal on, awaits the command's own clean-up, and is interrupted", async () => {
    const module = new URL("../../bin/setup/run-command.js", import.meta.url).href;
    const parent = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { runCommand } from ${JSON.stringify(module)};
         const text = 'trap "echo cleaned; exit 3" TERM; echo ready; for i in $(seq 900); do sleep 0.01; done';
         await runCommand(["/bin/sh", "-c", text], { output: "to stdout" })
           .catch((error) => console.log(error.exitCode));`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let text = "";
    for await (const chunk of parent.stdout.setEncoding("utf8")) {
      if (!text.includes("ready") && `${text}${chunk}`.includes("ready")) parent.kill("SIGTERM");
      text += chunk;
    }
    if (parent.exitCode === null) await once(parent, "exit");
    expect(text).toBe("ready\ncleaned\n143\n");
  });
});
