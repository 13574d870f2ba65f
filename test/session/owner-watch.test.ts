/** How soon it is looked up who holds a connection, and how soon again. */
import { readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { OwnerWatch } from "../../src/session/owner-watch.ts";
import { Story, sock } from "../core/story.ts";

/** The inodes of the sockets that this process holds. */
function ownSockets(): Set<number> {
  const links = readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []).map(Number));
}

/** Opens a socket of this process and tells its inode. */
async function openSocket(): Promise<{ inode: number; close: () => void }> {
  const before = ownSockets();
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const [inode] = [...ownSockets()].filter((each) => !before.has(each));
  if (inode === undefined) throw new Error("no socket was opened");
  return { inode, close: () => void server.close() };
}

test("a user is looked for a second later, however long the last look took", async () => {
  const { inode, close } = await openSocket();
  const end = sock({ local: "10.0.0.2", localPort: 8080 });
  const story = new Story().at(0).accept(end).at(100).use(end, process.pid, inode);
  const found: TraceEvent[] = [];
  let t = 0;
  // The clock goes on by 100 ms whenever it is read, as where each step takes that long.
  const now = () => {
    t += 0.1e9;
    return t;
  };
  const { trace } = story;
  const signal = new AbortController().signal;
  const out = (event: TraceEvent) => void found.push(event);
  const watch = new OwnerWatch({ trace, now, out, signal, onUnread: () => {} });
  try {
    for (const looks of [1, 2, 3]) {
      for (const event of story.events) if (event.type === "use") watch.noteUse(event);
      await watch.lookUp([]);
      expect(found.filter(({ type }) => type === "owner")).toHaveLength(looks);
      t += 0.9e9;
    }
  } finally {
    close();
  }
});

test("who holds a connection that stays is asked again while it is young, as others may let go", async () => {
  const { inode, close } = await openSocket();
  const end = sock({ local: "10.0.0.2", localPort: 8080 });
  const story = new Story().at(0).accept(end).change(end, "ESTABLISHED", "CLOSE_WAIT");
  const { trace } = story.at(2).row(end, "CLOSE_WAIT", { inode });
  const stuck = story.of(end);
  let second = 0;
  const asked: number[] = [];
  const watch = new OwnerWatch({
    trace,
    now: () => second * 1e9,
    out: (event) => void (event.type === "owner" && asked.push(second)),
    signal: new AbortController().signal,
    onUnread: () => {},
    spentNs: () => 0,
  });
  try {
    for (second = 1; second <= 40; second++) await watch.lookUp([stuck]);
  } finally {
    close();
  }
  expect(asked).toEqual([1, 2, 4, 8, 16, 31]);
});

test.each([
  ["a CPU for three seconds is asked again after a rest", 3e9, 1],
  ["three seconds because it had to wait for a CPU is asked again at once", 0, 2],
])("everybody, of whom the asking took %s", async (_, spent, looks) => {
  const { inode, close } = await openSocket();
  const end = sock({ local: "10.0.0.2", localPort: 8080 });
  const story = new Story().at(0).accept(end).change(end, "ESTABLISHED", "CLOSE_WAIT");
  const { trace } = story.at(2).row(end, "CLOSE_WAIT", { inode });
  const stuck = story.of(end);
  let [t, spentNs, asked] = [1e9, 0, 0];
  const watch = new OwnerWatch({
    trace,
    now: () => t,
    out: ({ type }) => {
      if (type !== "owner") return;
      asked++;
      t += 3e9;
      spentNs += spent;
    },
    signal: new AbortController().signal,
    onUnread: () => {},
    spentNs: () => spentNs,
  });
  try {
    await watch.lookUp([stuck]);
    await watch.lookUp([stuck]);
  } finally {
    close();
  }
  expect(asked).toBe(looks);
});
