/** Snapshots end only when every row was read. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { TcpState } from "../../src/event/tcp-state.ts";
import { takeSnapshot } from "../../src/host/snapshot.ts";
import { dumpSockets } from "../../src/host/socket-table.ts";

const OWN = { inode: 7, isOwn: true, pid: process.pid, path: null };
const TOOLS = {
  ss: fileURLToPath(new URL("fixtures/fake-ss.sh", import.meta.url)),
  nsenter: null,
  cat: null,
};

async function take(states: readonly TcpState[], namespaces = [OWN], marginNs = 0) {
  let time = 0;
  const failures: string[] = [];
  const events = [];
  const batches = takeSnapshot({
    namespaces,
    states,
    now: () => {
      time += 1;
      return time;
    },
    marginNs,
    dump: 3,
    tools: TOOLS,
    onFailure: (namespace, error) => failures.push(`${namespace.inode}: ${error.message}`),
  });
  for await (const batch of batches) events.push(...batch);
  return { events, failures };
}

test("rows carry the time that their dump began, and the end says how many there were", async () => {
  const { events, failures } = await take(["ESTABLISHED", "LISTEN", "TIME_WAIT"]);
  expect(failures).toEqual([]);
  expect(events).toHaveLength(35);
  expect(events[0]).toMatchObject({ type: "snapshot", since: 1, t: 2, dump: 3, netns: 7 });
  const end = events.at(-1);
  expect(end).toMatchObject({
    type: "snapshot-end",
    since: 1,
    dump: 3,
    netns: 7,
    states: ["ESTABLISHED", "LISTEN", "TIME_WAIT"],
    rows: 34,
  });
  expect(end?.t).toBeGreaterThan(events[0]?.t ?? Number.POSITIVE_INFINITY);
});

test("a margin widens the time in which a row was true, and the end's, to both sides", async () => {
  const { events } = await take(["ESTABLISHED", "LISTEN", "TIME_WAIT"], [OWN], 10);
  for (const { since, t } of events) expect([since, t > 11]).toEqual([-9, true]);
});

test("rows come few at a time, however many lines do", async () => {
  const sizes: number[] = [];
  const states: readonly TcpState[] = ["ESTABLISHED", "LISTEN", "TIME_WAIT"];
  for await (const rows of dumpSockets(OWN, { states, tools: TOOLS })) sizes.push(rows.length);
  expect(sizes.reduce((sum, each) => sum + each, 0)).toBe(34);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32);
});

test("an ss that fails after its last row leaves no end behind", async () => {
  const { events, failures } = await take(["ESTABLISHED", "CLOSING"]);
  expect(events.filter((event) => event.type === "snapshot-end")).toEqual([]);
  expect(failures).toEqual([`7: ${TOOLS.ss} ended with exit code 1: Cannot open netlink socket`]);
});

test("a row that cannot be read leaves no end behind", async () => {
  const { events, failures } = await take(["ESTABLISHED", "LISTEN"]);
  expect(events.some((event) => event.type === "snapshot-end")).toBe(false);
  expect(failures).toEqual(['7: not a row of the socket table: "ESTAB what is this"']);
});

test("one namespace that cannot be entered does not keep the next from being dumped", async () => {
  const foreign = { ...OWN, inode: 9, isOwn: false };
  const { events, failures } = await take(["TIME_WAIT", "ESTABLISHED"], [foreign, OWN]);
  expect(failures).toEqual(["9: nsenter (util-linux) is not installed"]);
  expect(events.at(-1)).toMatchObject({ type: "snapshot-end", netns: 7 });
});

test("cancelling kills ss and says why", async () => {
  const controller = new AbortController();
  const states: TcpState[] = ["TIME_WAIT", "SYN_SENT"];
  const rows = dumpSockets(OWN, { states, tools: TOOLS, signal: controller.signal }).next();
  setImmediate(() => controller.abort(new Error("enough")));
  await expect(rows).rejects.toThrow("enough");
});

test("an ss that hangs is killed", async () => {
  const states: TcpState[] = ["TIME_WAIT", "SYN_SENT"];
  const rows = dumpSockets(OWN, { states, tools: TOOLS, timeoutMs: 50 }).next();
  await expect(rows).rejects.toThrow("was killed after 50 ms");
});
