// @ts-check
// Starts the project's own load: connections opened and closed in a network namespace of their own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { mind } from "./children.js";

const CHURN = fileURLToPath(new URL("../load/churn.py", import.meta.url));

/** @typedef {{ connections: number, failed: number, seconds: number }} Churned */

/** A load that listens and waits for its start. */
export class Churn {
  /** @param {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} child @param {number} netns */
  constructor(child, netns) {
    this.child = child;
    this.netns = netns;
  }

  /**
   * A namespace of its own holds no TIME_WAIT of the run before.
   *
   * @param {number} rate connections a second, 0 for flat out @param {number} seconds
   */
  static async prepare(rate, seconds) {
    const script = 'ip link set lo up && exec python3 "$@"';
    const args = ["--net", "sh", "-c", script, "sh", CHURN, String(rate), String(seconds)];
    const child = mind(spawn("unshare", args, { stdio: ["pipe", "pipe", "inherit"] }));
    child.stdout.setEncoding("utf8");
    let said = "";
    while (!said.includes("\n")) said += (await once(child.stdout, "data"))[0];
    return new Churn(child, Number(/^ready \d+ (\d+)/.exec(said)?.[1]));
  }

  /** Let it run to its end. @returns {Promise<Churned>} */
  async run() {
    this.child.stdin.end("go\n");
    let text = "";
    this.child.stdout.on("data", (piece) => {
      text += piece;
    });
    await once(this.child, "close");
    return JSON.parse(text);
  }
}
