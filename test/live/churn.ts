/** Connections opened and closed in a namespace, by the load generator of the benches. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Namespace } from "./namespace.ts";

const CHURN = fileURLToPath(new URL("../../bench/load/churn.py", import.meta.url));

/** How many, and how fast. */
export interface Load {
  /** So many connections at the least. */
  readonly least: number;
  /** Connections a second in all; flat out unless given. */
  readonly rate?: number;
  /** How long it goes on at the least, seconds. */
  readonly seconds?: number;
  readonly clients?: number;
}

/** What became of it. */
export interface Churned {
  readonly connections: number;
  /** Connects that were refused or found no port. */
  readonly failed: number;
}

/**
 * Make a load to its end. What it leaves in TIME_WAIT goes with the namespace: elsewhere it would
 * end a minute later, all at once, under the tests after this one.
 */
export async function churn(
  place: Namespace,
  { least, rate = 0, seconds = 0, clients = 2 }: Load,
): Promise<Churned> {
  const figures = [rate, seconds, clients, least].map(String);
  const [command, args] = place.command(["/usr/bin/python3", "-I", "-S", CHURN, ...figures]);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end("go\n");
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`churn.py ended with ${code}: ${text}`);
  return JSON.parse(text.slice(text.indexOf("{")));
}
