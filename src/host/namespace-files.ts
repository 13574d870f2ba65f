/** Reads small files of /proc as another network namespace sees them. */

import { readSmallFile } from "./kept-file.ts";
import { type NamespaceTools, runInNamespace } from "./namespace-entry.ts";
import type { NetworkNamespace } from "./namespaces.ts";

/** The programs needed for it; null where this host has no trustworthy one. */
export interface FileTools extends NamespaceTools {
  readonly grep: string | null;
}

const TIMEOUT_MS = 10_000;
const OUTPUT_LIMIT = 1 << 20;

/** grep ends with 2 when a file is absent, which is an answer here and no failure. */
const GREP_CODES = [0, 2];

/**
 * Read files, absent and unreadable ones left out of the answer.
 *
 * /proc/sys/net and /proc/self/net show the reader's own namespace, so another one is read by a
 * program started in it: one `grep` that prefixes each line with its file, for all files at once.
 * `paths` are ours, without colons or newlines. Throws when the namespace cannot be entered.
 */
export async function readNamespaceFiles(
  namespace: NetworkNamespace,
  paths: readonly string[],
  tools: FileTools,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  if (namespace.isOwn) {
    for (const path of paths) {
      const text = readSmallFile(path);
      if (text !== null) files.set(path, text);
    }
    return files;
  }
  if (tools.grep === null) throw new Error("grep is not installed");
  const args = ["-a", "-s", "-H", "-e", "", "--", ...paths];
  const call = { path: tools.grep, args, timeoutMs: TIMEOUT_MS, exitCodes: GREP_CODES, signal };
  let output = "";
  for await (const chunk of runInNamespace(namespace, call, tools)) {
    output += chunk.toString("utf8");
    if (output.length > OUTPUT_LIMIT) throw new Error("more output than any file of /proc has");
  }
  for (const line of output.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const path = line.slice(0, colon);
    files.set(path, `${files.get(path) ?? ""}${line.slice(colon + 1)}\n`);
  }
  return files;
}
