/** The programs that reading the host needs, and the sysctls of the namespace that we run in. */

import type { FileTools } from "../host/namespace-files.ts";
import { NamespaceScanner } from "../host/namespaces.ts";
import { findSocketTableTools, type SocketTableTools } from "../host/socket-table.ts";
import { readSysctls } from "../host/sysctls.ts";
import { findTool } from "../host/trusted-tool.ts";

/** What the socket tables and the files of other namespaces are read with. */
export type HostTools = SocketTableTools & FileTools;

/** Find them, where nobody but root could have put them. */
export async function findTools(): Promise<HostTools> {
  const [tools, grep] = await Promise.all([findSocketTableTools(), findTool("grep")]);
  return { ...tools, grep };
}

/** Sysctls of the own namespace with its inode, for the header. */
export async function ownSysctls(): Promise<{ netns: number; values: Record<string, string> }> {
  const { namespaces } = await new NamespaceScanner().scan();
  const own = [...namespaces.values()].find((each) => each.isOwn);
  if (own === undefined) return { netns: 0, values: {} };
  const tools = await findTools();
  return { netns: own.inode, values: await readSysctls(own, tools) };
}
