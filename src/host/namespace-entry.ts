/** Starts tools and reads files inside another network namespace. */

import { type FileHandle, open } from "node:fs/promises";
import type { NetworkNamespace } from "./namespaces.ts";
import { runTool, type ToolCall } from "./tool-output.ts";

/**
 * Open a namespace, so that it cannot be mistaken for another.
 *
 * Between a scan and its use a process number may be recycled or a mount replaced: the open file is
 * compared with the inode that is wanted. Gives null when the namespace is gone. Close it after use.
 */
export async function openNamespace(namespace: NetworkNamespace): Promise<FileHandle | null> {
  const ways = [namespace.path, namespace.pid === null ? null : `/proc/${namespace.pid}/ns/net`];
  for (const way of ways) {
    if (way === null) continue;
    const file = await open(way, "r").catch(() => null);
    if (file === null) continue;
    if ((await file.stat()).ino === namespace.inode) return file;
    await file.close();
  }
  return null;
}

/** The programs needed to look into namespaces; null where this host has no trustworthy one. */
export interface NamespaceTools {
  readonly nsenter: string | null;
}

/**
 * Run a tool in a network namespace and yield its output.
 *
 * `nsenter` enters through the open file, which the tool then keeps as descriptor 3. Throws like
 * `runTool`, and an `Error` when the namespace is gone or cannot be entered.
 */
export async function* runInNamespace(
  namespace: NetworkNamespace,
  call: Omit<ToolCall, "descriptor">,
  tools: NamespaceTools,
): AsyncGenerator<Buffer, void> {
  if (namespace.isOwn) {
    yield* runTool(call);
    return;
  }
  if (tools.nsenter === null) throw new Error("nsenter (util-linux) is not installed");
  const file = await openNamespace(namespace);
  if (file === null) throw new Error(`network namespace ${namespace.inode} is gone`);
  try {
    const args = ["--net=/proc/self/fd/3", "--", call.path, ...call.args];
    yield* runTool({ ...call, path: tools.nsenter, args, descriptor: file.fd });
  } finally {
    await file.close();
  }
}
