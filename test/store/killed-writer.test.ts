/** A writer that is killed at any moment loses no line that it has acknowledged. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HEADER, transitionAt } from "../event/sample-events.ts";
import { type Chance, seeded } from "../event/seeded.ts";
import { builtStore, fixture } from "./built-store.ts";
import { scan } from "./scan.ts";
import { scratch } from "./scratch.ts";

const KILLS = 60;
const AT_ONCE = 4;
const files = scratch();
const store = builtStore();

/** Kill a writer once it has acknowledged so many events; returns what it acknowledged last. */
async function killWriter(path: string, atLeast: number): Promise<number> {
  const args = [store(), path, JSON.stringify(HEADER), JSON.stringify(transitionAt(0))];
  const child = spawn(process.execPath, [fixture("acknowledging-writer.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  const closed = once(child, "close");
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
    if (acknowledged(said) >= atLeast) child.kill("SIGKILL");
  });
  expect(await closed).toEqual([null, "SIGKILL"]);
  return acknowledged(said);
}

function acknowledged(said: string): number {
  return Number(said.split("\n").at(-2) ?? 0);
}

async function killOnce(round: number, chance: Chance): Promise<{ torn: number; spare: number }> {
  const path = files.path(`${round}.ndjson`);
  const count = await killWriter(path, 1 + chance(4000));
  const { events, end } = scan(readFileSync(path));
  expect(events.map((event) => Reflect.get(event, "seq"))).toEqual(
    Array.from({ length: events.length }, (_, at) => at),
  );
  expect(events.length).toBeGreaterThanOrEqual(count);
  expect(end).toMatchObject({ malformed: 0, overlong: 0, closedCleanly: false });
  return { torn: end.tornTail ? 1 : 0, spare: events.length - count };
}

test(`${KILLS} SIGKILLs: every acknowledged line is there, in order`, {
  timeout: 300_000,
}, async () => {
  const chance = seeded(60);
  let torn = 0;
  let spare = 0;
  for (let round = 0; round < KILLS; round += AT_ONCE) {
    const rounds = Array.from({ length: AT_ONCE }, (_, at) => killOnce(round + at, chance));
    for (const result of await Promise.all(rounds)) {
      torn += result.torn;
      spare += result.spare;
    }
  }
  console.log(
    `${KILLS} kills: 0 acknowledged lines lost, ${torn} torn tails, ${spare} lines beyond`,
  );
});
