/** Reads the sysctls that decide how teardowns go. */

import { ParsedFile } from "./kept-file.ts";
import { type FileTools, readNamespaceFiles } from "./namespace-files.ts";
import type { NetworkNamespace } from "./namespaces.ts";

/**
 * What is read. tcp_max_orphans and tcp_mem are global and only shown in the first namespace;
 * tcp_syn_linear_timeouts, tcp_rto_max_ms and tcp_tw_reuse_delay need a newer kernel.
 */
export const SYSCTLS = [
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_max_tw_buckets",
  "net.ipv4.tcp_tw_reuse",
  "net.ipv4.tcp_tw_reuse_delay",
  "net.ipv4.tcp_orphan_retries",
  "net.ipv4.tcp_retries1",
  "net.ipv4.tcp_retries2",
  "net.ipv4.tcp_syn_retries",
  "net.ipv4.tcp_syn_linear_timeouts",
  "net.ipv4.tcp_rto_max_ms",
  "net.ipv4.tcp_max_orphans",
  "net.ipv4.tcp_mem",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_abort_on_overflow",
  "net.ipv4.tcp_rfc1337",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_timestamps",
  "net.core.somaxconn",
] as const;

/** The file that shows a sysctl. */
export function sysctlFile(name: string): string {
  return `/proc/sys/${name.replaceAll(".", "/")}`;
}

const OWN = SYSCTLS.map((name) => [name, new ParsedFile(sysctlFile(name), evenSpaces)] as const);

/**
 * Read the sysctls of a namespace, several numbers in one separated by single spaces.
 *
 * A sysctl that this kernel or this namespace does not have is absent. Throws when the namespace
 * cannot be entered.
 */
export async function readSysctls(
  namespace: NetworkNamespace,
  tools: FileTools,
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  if (namespace.isOwn) {
    for (const [name, file] of OWN) {
      const value = file.read();
      if (value !== null) values[name] = value;
    }
    return values;
  }
  const files = await readNamespaceFiles(namespace, SYSCTLS.map(sysctlFile), tools, signal);
  for (const name of SYSCTLS) {
    const text = files.get(sysctlFile(name));
    if (text !== undefined) values[name] = evenSpaces(text);
  }
  return values;
}

function evenSpaces(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
