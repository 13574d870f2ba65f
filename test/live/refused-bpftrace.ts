/** Lets bpftrace refuse to attach, for one program alone: in that one's mount namespace. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findBpftrace } from "../../src/bpftrace-runner/index.ts";
import type { Program } from "./program.ts";

const REFUSAL = `#!/bin/sh
echo "ERROR: Error attaching probe: 'tracepoint:sock:inet_sock_set_state'" >&2
exit 255
`;

/** What a program is started through, to have a mount namespace of its own. */
export const OWN_MOUNTS = ["unshare", "--mount"];

/** Put a program that refuses in bpftrace's place; gives what takes it away. */
export async function refuseBpftrace(
  { child }: Program,
  directory: string,
): Promise<() => Promise<unknown>> {
  const inIts = (...argv: string[]) =>
    promisify(execFile)("nsenter", ["-t", String(child.pid), "-m", ...argv]);
  const found = findBpftrace();
  const path = found.found ? found.path : "";
  const refusal = join(directory, "bpftrace");
  await writeFile(refusal, REFUSAL, { mode: 0o755 });
  await inIts("mount", "--bind", refusal, path);
  return () => inIts("umount", path);
}
