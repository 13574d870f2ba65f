/** Writing over short writes, full and failing disks: whole lines only, and every hole is told. */
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startWriter } from "../../src/store/create-recording.ts";
import { GZIP } from "../../src/store/packing.ts";
import type { RecordingWriter } from "../../src/store/recording-writer.ts";
import type { WriterOptions } from "../../src/store/writer-options.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { FakeDisk } from "./fake-disk.ts";
import { type Scanned, scan } from "./scan.ts";

let disk: FakeDisk;
let told: string[];

beforeEach(() => {
  vi.useFakeTimers();
  disk = new FakeDisk();
  told = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function start(options: Partial<WriterOptions> = {}): Promise<RecordingWriter> {
  return startWriter(disk, HEADER, { label: "r", onProblem: (it) => told.push(it), ...options });
}

function write(writer: RecordingWriter, from: number, until: number): void {
  for (let seq = from; seq < until; seq++) writer.write(transitionAt(seq * 1000, seq));
}

function sequences({ events }: Scanned): unknown[] {
  return events.filter((event) => event.type !== "gap").map((event) => Reflect.get(event, "seq"));
}

function gaps({ events }: Scanned): unknown[] {
  return events.filter((event) => event.type === "gap");
}

function range(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, at) => from + at);
}

describe("a disk that works", () => {
  test("holds the header at once, the lines in order, and the footer", async () => {
    const writer = await start();
    expect(scan(disk.text).end.lines).toBe(1);
    write(writer, 0, 5000);
    const end = await writer.close(FOOTER);
    const read = scan(disk.text);
    expect(sequences(read)).toEqual(range(0, 5000));
    expect(read.end.closedCleanly).toBe(true);
    expect(end).toEqual({
      isComplete: true,
      written: 5000,
      dropped: 0,
      bytes: disk.content.length,
    });
    expect([disk.isClosed, told]).toEqual([true, []]);
  });

  test("gets one write per 200 ms", async () => {
    const writer = await start();
    const before = disk.writes;
    for (let tick = 0; tick < 10; tick++) {
      write(writer, tick * 10, tick * 10 + 10);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(disk.writes - before).toBe(5);
    expect(sequences(scan(disk.text))).toEqual(range(0, 100));
    await writer.close(FOOTER);
  });

  test("gets at once, and synced, what comes long after the last, and no timer is set", async () => {
    const writer = await start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(disk.syncs).toBe(1);
    write(writer, 0, 10);
    await vi.advanceTimersByTimeAsync(0);
    expect(sequences(scan(disk.text))).toEqual(range(0, 10));
    expect([disk.syncs, vi.getTimerCount()]).toEqual([2, 0]);
    await writer.close(FOOTER);
  });

  test("is synced with each write that comes a second after the last, not some time later", async () => {
    const writer = await start();
    await vi.advanceTimersByTimeAsync(1500);
    for (let second = 1; second <= 5; second++) {
      write(writer, second, second + 1);
      await vi.advanceTimersByTimeAsync(0);
      expect([disk.syncs, vi.getTimerCount()], `second ${second}`).toEqual([1 + second, 0]);
      await vi.advanceTimersByTimeAsync(990);
    }
    await writer.close(FOOTER);
  });

  test("is synced once a second where it is written more often", async () => {
    const writer = await start();
    for (let tick = 0; tick < 100; tick++) {
      write(writer, tick, tick + 1);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(disk.syncs).toBeGreaterThanOrEqual(9);
    expect(disk.syncs).toBeLessThanOrEqual(10);
    await writer.close(FOOTER);
  });

  test("gets a batch at once when it has grown to 256 KiB", async () => {
    const writer = await start();
    write(writer, 0, 2000);
    await vi.advanceTimersByTimeAsync(1);
    expect(disk.content.length).toBeGreaterThan(256 * 1024);
    await writer.close(FOOTER);
  });

  test("is synced once a second after news, one call at a time, and at the end", async () => {
    const writer = await start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(disk.syncs).toBe(1);
    write(writer, 0, 10);
    await vi.advanceTimersByTimeAsync(5000);
    expect(disk.syncs).toBe(2);
    await writer.close(FOOTER);
    expect(disk.syncs).toBe(3);
  });

  test("may write a few bytes at a time", async () => {
    disk.longest = 7;
    const writer = await start();
    write(writer, 0, 50);
    await writer.close(FOOTER);
    expect(sequences(scan(disk.text))).toEqual(range(0, 50));
  });

  test("gets gzip members that unpack to the same", async () => {
    const writer = await start({ packing: GZIP });
    vi.useRealTimers();
    write(writer, 0, 10);
    await writer.flush();
    write(writer, 10, 20);
    await writer.close(FOOTER);
    const read = scan(gunzipSync(disk.content));
    expect([sequences(read), read.end.closedCleanly]).toEqual([range(0, 20), true]);
  });

  test("flush returns when the lines are with the system", async () => {
    const writer = await start();
    for (let seq = 0; seq < 100; seq++) {
      write(writer, seq, seq + 1);
      await writer.flush();
      expect(disk.lines.length).toBe(seq + 2);
    }
    await writer.close(FOOTER);
  });

  test("writing after close is left out, closing twice is closing once", async () => {
    const writer = await start();
    const [one, two] = await Promise.all([writer.close(FOOTER), writer.close(FOOTER)]);
    write(writer, 0, 10);
    expect(one).toEqual(two);
    expect(disk.lines.length).toBe(2);
  });
});

describe("a full disk", () => {
  test("leaves whole lines, and a gap on recovery that tells of all that is missing", async () => {
    const writer = await start();
    write(writer, 0, 10);
    await writer.flush();
    disk.capacity = disk.content.length + 700;
    write(writer, 10, 20);
    await writer.flush();
    write(writer, 20, 30);
    expect(disk.lines.length).toBe(11);
    expect(disk.text.endsWith("}\n")).toBe(true);
    disk.capacity = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(1000);
    write(writer, 30, 40);
    const end = await writer.close(FOOTER);
    const read = scan(disk.text);
    expect(sequences(read)).toEqual([...range(0, 10), ...range(30, 40)]);
    expect(gaps(read)).toEqual([
      { type: "gap", t: 29_000, from: 10_000, cause: "disk", count: 20 },
    ]);
    expect(end).toMatchObject({ isComplete: true, written: 20, dropped: 20 });
    expect(told).toEqual([
      "r is not written: the disk is full, free some space; tracing goes on",
      "r is written again; 20 events are missing, and a gap says so",
    ]);
  });

  test("is tried again at most once a second", async () => {
    const writer = await start();
    disk.capacity = disk.content.length;
    for (let tick = 0; tick < 100; tick++) {
      write(writer, tick * 10, tick * 10 + 10);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(disk.writes - 1).toBeLessThanOrEqual(11);
    expect(told.length).toBe(1);
    disk.capacity = Number.POSITIVE_INFINITY;
    await writer.close(FOOTER);
  });

  test("through 100 cycles: no merged line, every event written or told of", async () => {
    const writer = await start();
    let seq = 0;
    for (let cycle = 0; cycle < 100; cycle++) {
      disk.capacity = disk.content.length + ((cycle * 137) % 5000);
      write(writer, seq, seq + 20);
      await vi.advanceTimersByTimeAsync(300);
      write(writer, seq + 20, seq + 25);
      disk.capacity = Number.POSITIVE_INFINITY;
      await vi.advanceTimersByTimeAsync(1000);
      seq += 25;
    }
    const end = await writer.close(FOOTER);
    const read = scan(disk.text);
    const missing = gaps(read).reduce(
      (sum: number, gap) => sum + Number(Reflect.get(gap as object, "count")),
      0,
    );
    expect(read.end).toMatchObject({ malformed: 0, closedCleanly: true });
    expect(sequences(read).length + missing).toBe(2500);
    expect(end).toMatchObject({ isComplete: true, dropped: missing, written: 2500 - missing });
    expect(gaps(read).length).toBeGreaterThan(50);
  });

  test("that is still full at the end has whole lines and no footer", async () => {
    const writer = await start();
    write(writer, 0, 10);
    await writer.flush();
    disk.capacity = disk.content.length + 10;
    write(writer, 10, 20);
    const end = await writer.close(FOOTER);
    expect(end).toMatchObject({ isComplete: false, written: 10, dropped: 10 });
    expect(scan(disk.text).end).toMatchObject({ tornTail: false, closedCleanly: false, lines: 11 });
    expect(disk.isClosed).toBe(true);
  });

  test("that has room for the gap alone by then gets it and the footer", async () => {
    const writer = await start();
    disk.capacity = disk.content.length;
    write(writer, 0, 10);
    await writer.flush();
    disk.capacity = disk.content.length + 400;
    const end = await writer.close(FOOTER);
    expect(end).toMatchObject({ isComplete: true, dropped: 10 });
    expect(gaps(scan(disk.text))).toEqual([
      { type: "gap", t: 9000, from: 0, cause: "disk", count: 10 },
    ]);
  });

  test("cannot be cut back at first: nothing is written behind the remnant", async () => {
    const writer = await start();
    disk.capacity = disk.content.length + 100;
    disk.truncateError = "EIO";
    write(writer, 0, 10);
    await writer.flush();
    disk.capacity = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(3000);
    expect(scan(disk.text).end).toMatchObject({ tornTail: true, lines: 1 });
    disk.truncateError = null;
    await vi.advanceTimersByTimeAsync(1000);
    write(writer, 10, 20);
    await writer.close(FOOTER);
    const read = scan(disk.text);
    expect(sequences(read)).toEqual(range(10, 20));
    expect(read.end).toMatchObject({ malformed: 0, closedCleanly: true });
  });

  test("behind a stream that cannot be cut: the next line begins on a line of its own", async () => {
    disk = new FakeDisk(false);
    const writer = await start();
    disk.capacity = disk.content.length + 100;
    write(writer, 0, 10);
    await writer.flush();
    disk.capacity = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(1000);
    write(writer, 10, 20);
    await writer.close(FOOTER);
    const read = scan(disk.text);
    expect(sequences(read)).toEqual(range(10, 20));
    expect(gaps(read)).toMatchObject([
      { cause: "damaged", count: 1 },
      { cause: "disk", count: 10 },
    ]);
    expect(read.end).toMatchObject({ malformed: 1, closedCleanly: true });
  });

  test("cuts gzip at whole members", async () => {
    const writer = await start({ packing: GZIP, retryMs: 5 });
    vi.useRealTimers();
    disk.capacity = disk.content.length + 50;
    write(writer, 0, 10);
    await writer.flush();
    disk.capacity = Number.POSITIVE_INFINITY;
    write(writer, 10, 20);
    await writer.close(FOOTER);
    const read = scan(gunzipSync(disk.content));
    expect(gaps(read)).toMatchObject([{ cause: "disk", count: 20, from: 0, t: 19_000 }]);
    expect(read.end.closedCleanly).toBe(true);
  });
});

describe("a failing disk", () => {
  test("is tried again like a full one", async () => {
    const writer = await start();
    disk.writeError = "EIO";
    write(writer, 0, 10);
    await vi.advanceTimersByTimeAsync(500);
    disk.writeError = null;
    await vi.advanceTimersByTimeAsync(1000);
    write(writer, 10, 20);
    await writer.close(FOOTER);
    expect(gaps(scan(disk.text))).toMatchObject([{ count: 10, from: 0, t: 9000 }]);
    expect(told[0]).toBe("r is not written: the system says EIO; tracing goes on");
  });

  test("that cannot sync what was written leaves a gap of unknown size", async () => {
    const writer = await start();
    write(writer, 0, 10);
    await vi.advanceTimersByTimeAsync(1000);
    disk.syncError = "EIO";
    write(writer, 10, 20);
    await vi.advanceTimersByTimeAsync(1000);
    disk.syncError = null;
    await vi.advanceTimersByTimeAsync(2000);
    const end = await writer.close(FOOTER);
    expect(gaps(scan(disk.text))).toEqual([
      { type: "gap", t: 19_000, from: 9000, cause: "disk", count: null },
    ]);
    expect([end.isComplete, told.length]).toEqual([true, 1]);
  });

  test("that cannot sync at the end has no claim to be complete", async () => {
    const writer = await start();
    disk.syncError = "EIO";
    expect((await writer.close(FOOTER)).isComplete).toBe(false);
    expect(told).toEqual(["r has no footer: the system says EIO"]);
  });

  test("that takes nothing for long: memory stays bounded, and a gap tells", {
    timeout: 120_000,
  }, async () => {
    let release = (): void => {};
    const writer = await start();
    disk.stall = new Promise((resolve) => {
      release = resolve;
    });
    const comm = "x".repeat(250);
    const cmdline = "y".repeat(20_000);
    const big = {
      pid: 1,
      startTicks: 1,
      comm,
      exe: null,
      cmdline,
      uid: 0,
      unit: null,
      container: null,
    };
    for (let t = 0; t < 8000; t++) {
      writer.write({ type: "process", t, ...big, fdLimit: null, fdCount: null });
    }
    expect(writer.state.dropped).toBeGreaterThan(4000);
    expect(told).toEqual(["r is written too slowly by its disk; events are left out meanwhile"]);
    release();
    const end = await writer.close(FOOTER);
    expect(end.isComplete).toBe(true);
    expect(end.written + end.dropped).toBe(8000);
    const read = scan(disk.text);
    expect(gaps(read)).toMatchObject([{ count: end.dropped, t: 7999 }]);
    expect(read.end.malformed).toBe(0);
  });

  test("a pipe whose reader has gone ends writing without a word", async () => {
    let closed = 0;
    const writer = await start({ onClosed: () => closed++ });
    disk.writeError = "EPIPE";
    for (let tick = 0; tick < 5; tick++) {
      write(writer, 0, 10);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect((await writer.close(FOOTER)).isComplete).toBe(false);
    expect([closed, told]).toEqual([1, []]);
  });

  test("that refuses the header refuses the recording", async () => {
    disk.writeError = "EROFS";
    await expect(start()).rejects.toThrow(/^cannot write r: the system says EROFS; choose another/);
    expect(disk.isClosed).toBe(true);
  });
});

describe("odd events", () => {
  test("a line over 64 KiB becomes a gap in its place", async () => {
    const writer = await start();
    write(writer, 0, 1);
    writer.write({ type: "host", t: 500, netns: 1, sysctls: { a: "x".repeat(70_000) } });
    writer.write({ type: "host", t: 600, netns: 1, sysctls: { a: "é".repeat(32_800) } });
    write(writer, 1, 2);
    const end = await writer.close(FOOTER);
    const read = scan(disk.text);
    expect(read.events.map((event) => [event.type, event.t])).toEqual([
      ["transition", 0],
      ["gap", 500],
      ["gap", 600],
      ["transition", 1000],
    ]);
    expect([read.end.overlong, end.dropped]).toEqual([0, 2]);
  });

  test("one that cannot be written as JSON becomes a gap and does not throw", async () => {
    const writer = await start();
    writer.write({ ...transitionAt(1), pid: 1n as never });
    await writer.close(FOOTER);
    expect(gaps(scan(disk.text))).toMatchObject([{ t: 1, count: 1 }]);
  });

  test("late ones keep their mark and their place", async () => {
    const writer = await start();
    const events = [transitionAt(2e9), { ...transitionAt(5), late: true }, transitionAt(3e9)];
    for (const event of events) writer.write(event);
    await writer.close(FOOTER);
    expect(scan(disk.text).events).toEqual(events);
  });
});

describe("flushNow, in a dying process", () => {
  test("writes what waits and what is under way, at its own place", async () => {
    const writer = await start();
    write(writer, 0, 10);
    disk.stall = new Promise(() => {});
    void writer.flush();
    await vi.advanceTimersByTimeAsync(0);
    write(writer, 10, 20);
    writer.flushNow();
    expect(sequences(scan(disk.text))).toEqual(range(0, 20));
  });

  test("changes nothing when the write under way succeeds after all", async () => {
    const writer = await start();
    let release = (): void => {};
    disk.stall = new Promise((resolve) => {
      release = resolve;
    });
    write(writer, 0, 10);
    const flushed = writer.flush();
    await vi.advanceTimersByTimeAsync(0);
    write(writer, 10, 20);
    writer.flushNow();
    release();
    await flushed;
    expect(sequences(scan(disk.text))).toEqual(range(0, 20));
  });

  test("stays silent on a failing disk", async () => {
    const writer = await start();
    write(writer, 0, 10);
    disk.writeError = "EIO";
    expect(() => writer.flushNow()).not.toThrow();
  });
});
