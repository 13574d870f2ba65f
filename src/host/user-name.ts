/** Names the users of this host, as /etc/passwd has them. */

import { readFile } from "node:fs/promises";

const FRESH_MS = 60_000;

let names: Promise<ReadonlyMap<number, string>> | null = null;
let readAt = Number.NEGATIVE_INFINITY;

/** The name of a user, null where /etc/passwd has none: a directory service is not asked. */
export async function userName(uid: number): Promise<string | null> {
  const now = performance.now();
  if (names === null || now - readAt > FRESH_MS) {
    readAt = now;
    names = readFile("/etc/passwd", "utf8").then(parseUsers, () => new Map());
  }
  return (await names).get(uid) ?? null;
}

/** Read `name:password:uid:…` lines; of several names the first stands, as getpwuid() has it. */
export function parseUsers(passwd: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const line of passwd.split("\n")) {
    const [name = "", , uid = ""] = line.split(":");
    if (name === "" || !/^\d{1,10}$/.test(uid)) continue;
    if (!found.has(Number(uid))) found.set(Number(uid), name);
  }
  return found;
}
