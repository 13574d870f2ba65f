/** `auto` on the real kernel: down under a burst, up again after it, and nothing lost on the way. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { DetailEvent } from "../../src/event/detail.ts";
import { LiveSession } from "../../src/session/live-session.ts";
import { requireTracing } from "./requires.ts";

const CHURN = fileURLToPath(new URL("../../bench/load/churn.py", import.meta.url));
/** So low that a host which has little left for the load moves too. */
const LIMITS = { busyChanges: 100, calmChanges: 50, calmSeconds: 2 };
const RATE = 200;
const SECONDS = 4;

function start(command: string, ...args: (number | string)[]): ChildProcess {
  const child = spawn(command, args.map(String), { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function said(child: ChildProcess): Promise<string> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  await once(child, "close");
  return text;
}

/** A namespace of its own, whose traffic is the test's alone. */
async function namespace(): Promise<{ pid: number; inode: number }> {
  const script = "ip link set lo up && stat -Lc %i /proc/self/ns/net && exec sleep 600";
  const child = start("unshare", "--net", "sh", "-c", script);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { pid: child.pid as number, inode: Number(line.toString()) };
}

test("moves with the load, says so, and counts every connection on the way", async (ctx) => {
  await requireTracing(ctx);
  const { pid, inode } = await namespace();
  const options = { version: "0.0.0-test", detail: "auto", detailLimits: LIMITS } as const;
  const session = await LiveSession.start({ ...options, netns: inode });
  const moves: DetailEvent[] = [];
  session.onEvents((events) => {
    moves.push(...events.filter((event): event is DetailEvent => event.type === "detail"));
  });
  const churn = async (rate: number, seconds: number) => {
    const child = start("nsenter", "-t", pid, "-n", "python3", CHURN, rate, seconds, 2, 50);
    child.stdin?.end("go\n");
    const text = await said(child);
    return JSON.parse(text.slice(text.indexOf("{"))) as { connections: number; failed: number };
  };
  const until = async (count: number) => {
    while (moves.length < count) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const burst = await churn(RATE, SECONDS);
  await until(1);
  // A trickle goes on over the move back.
  const trickle = await churn(2, 4);
  await until(2);
  const { ledger } = await session.stop();
  expect(moves.map(({ detail, cause }) => `${detail} ${cause}`)).toEqual([
    "summary changes",
    "transitions calm",
  ]);
  expect(ledger).toMatchObject({ unparsed: 0, evicted: 0, balanced: true });

  const connections = burst.connections + trickle.connections;
  const { byRole, byVerdict, endpoints } = session.trace.summary();
  const why = JSON.stringify({ ledger, byVerdict, byRole });
  const missed = ledger.lost + ledger.skipped;
  expect(endpoints, why).toBeLessThanOrEqual(2 * connections);
  for (const count of [endpoints, byVerdict.graceful, 2 * byRole.active, 2 * byRole.passive]) {
    expect(count, why).toBeGreaterThanOrEqual(2 * (connections - missed));
  }
}, 120_000);
