/** A process that really runs in a PID namespace of its own. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { judgePidNamespace } from "../../src/host/pid-namespace.ts";
import { requireRoot } from "./require-root.ts";

test("unshare makes the numbers foreign", (ctx) => {
  requireRoot(ctx);
  const read = "process.stdout.write(require('fs').readlinkSync('/proc/self/ns/pid'))";
  const args = ["--pid", "--fork", "--mount-proc", process.execPath, "-e", read];
  const link = execFileSync("unshare", args, { encoding: "utf8" });
  expect(judgePidNamespace(link, "1", 1)).toMatchObject({ isJoinable: false });
});
