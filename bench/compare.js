// @ts-check
// What tcpstates, tcplife and lastack say of the same scenarios, into bench/COMPARISON.md and the
// README. Needs root; installs Debian's libbpf-tools where they are missing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @param {string} program @param {readonly string[]} args */
function run(program, args) {
  const { status, error } = spawnSync(program, args, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}

if (!["tcpstates", "tcplife"].every((name) => existsSync(`/usr/sbin/${name}`))) {
  const isThere =
    run("apt-get", ["update", "-q"]) === 0 &&
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "libbpf-tools"]) === 0;
  if (!isThere) {
    process.stderr.write("cannot install libbpf-tools: apt-get failed; see its message above\n");
    process.exit(1);
  }
}
const config = "--config=test/live/compare/vitest.config.ts";
const vitest = "node_modules/vitest/vitest.mjs";
process.exitCode = run(process.execPath, [vitest, "run", config, "--configLoader=runner"]);
