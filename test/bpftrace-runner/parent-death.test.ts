/** A parent that is killed leaves no bpftrace behind; the room is used compiled and alone for it. */
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parentDeathWrapper } from "../../src/bpftrace-runner/parent-death.ts";
import { skipOrFail } from "../live/requires.ts";
import { type BuiltRunner, buildRunner } from "./built-runner.ts";
import { fakePath } from "./fake.ts";
import { killParent, startParent } from "./parent.ts";
import { isAlive, untilGone } from "./processes.ts";

let built: BuiltRunner;

beforeAll(async () => {
  built = await buildRunner();
}, 180_000);

afterAll(() => built.remove());

test("the room compiles without the rest of the program", () => {
  const files = readdirSync(dirname(built.entry), { recursive: true });
  expect(files).toContain("start-bpftrace.js");
  expect(files.filter((file) => String(file).includes("/"))).toEqual([]);
});

test("SIGKILL of the parent ends a quiet bpftrace that ignores every polite signal", async (ctx) => {
  const hasMeans = (await parentDeathWrapper()).length > 0;
  skipOrFail(ctx, hasMeans ? undefined : "no setpriv --pdeathsig here", process.env.CI);
  const parent = await startParent(built.entry, fakePath("ignores-sigint"));
  expect(parent.diesWithParent).toBe(true);
  expect(isAlive(parent.pid)).toBe(true);
  await killParent(parent, "SIGKILL");
  await untilGone(parent.pid);
});
