/** nftables rules that lose chosen TCP segments in a test's own namespace, and count them. */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Namespace } from "./namespace.ts";

/**
 * The segments that a trap takes.
 *
 * `FIN` takes data with FIN as well. `ACK` is a pure ACK, `DATA` a segment with PSH (the kernel
 * sets it on the last segment of each write), `ANY` every TCP segment.
 */
export type TrapTarget = "ACK" | "ANY" | "DATA" | "FIN" | "RST" | "SYN" | "SYN-ACK";

/** What a trap takes, how often, and where. */
export interface TrapRule {
  readonly what: TrapTarget;
  /** Take only so many segments, then let all pass; without it, until `remove()`. */
  readonly first?: number;
  /** Take only segments that come from this port. */
  readonly fromPort?: number;
  /** Take only segments that go to this port. */
  readonly toPort?: number;
  /** `arrival` loses the segment on the wire; `output` refuses it to the sending stack (EPERM). */
  readonly at?: "arrival" | "output";
}

const all = "(fin | syn | rst | psh | ack)";
const matches: Readonly<Record<TrapTarget, string>> = {
  ACK: `tcp flags & ${all} == ack meta length <= 100`,
  ANY: "meta l4proto tcp",
  DATA: "tcp flags & (fin | syn | rst | psh) == psh",
  FIN: "tcp flags & fin == fin",
  RST: "tcp flags & rst == rst",
  SYN: "tcp flags & (syn | ack) == syn",
  "SYN-ACK": "tcp flags & (syn | ack) == (syn | ack)",
};

/** The source address that an actor's injected frames carry; traps let them pass. */
const injected = "02:00:00:00:00:01";
let set = 0;

/** One rule in a table of its own, so that removing it is one atomic step. */
export class Trap {
  readonly #namespace: Namespace;
  readonly #table: string;
  #removed = false;

  private constructor(namespace: Namespace, table: string) {
    this.#namespace = namespace;
    this.#table = table;
  }

  /** Set a trap; when it resolves, the kernel already takes segments. */
  static async set(namespace: Namespace, device: string, rule: TrapRule): Promise<Trap> {
    set += 1;
    const isOutput = rule.at === "output";
    const table = `${isOutput ? "inet" : "netdev"} trap${set}`;
    const hook = isOutput
      ? "type filter hook output priority 0;"
      : `type filter hook ingress device "${device}" priority 0;`;
    const match = [
      isOutput ? "" : `ether saddr != ${injected}`,
      matches[rule.what],
      rule.fromPort === undefined ? "" : `tcp sport ${rule.fromPort}`,
      rule.toPort === undefined ? "" : `tcp dport ${rule.toPort}`,
      rule.first === undefined ? "" : `limit rate 1/week burst ${rule.first} packets`,
    ].join(" ");
    await nft(namespace, `table ${table} {\n chain c {\n ${hook}\n ${match} counter drop\n }\n}\n`);
    return new Trap(namespace, table);
  }

  /** How many segments the trap has taken so far. */
  async count(): Promise<number> {
    const listing = await this.#namespace.exec("nft", "list", "table", ...this.#table.split(" "));
    return Number(/counter packets (\d+)/.exec(listing)?.[1] ?? Number.NaN);
  }

  /** Wait until the trap has taken so many segments; rejects after 20 seconds. */
  async taken(atLeast: number): Promise<void> {
    const until = Date.now() + 20_000;
    while ((await this.count()) < atLeast) {
      if (Date.now() > until) throw new Error(`trap never took ${atLeast} segments`);
      await pause(20);
    }
  }

  /** Let everything pass again. */
  async remove(): Promise<void> {
    if (this.#removed) return;
    this.#removed = true;
    await nft(this.#namespace, `delete table ${this.#table}\n`);
  }
}

function nft(namespace: Namespace, script: string): Promise<void> {
  const child = spawn(...namespace.command(["nft", "-f", "-"]), {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let problem = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    problem += text;
  });
  child.stdin.end(script);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`nft: ${problem}\n${script}`));
    });
  });
}
