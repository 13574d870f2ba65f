/** Checksums: what a medium changed in silence is found, and what is whole is not doubted. */
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { crc32ByTable, withChecksum } from "../../src/store/checksum.ts";
import { describeDamage } from "../../src/store/repair.ts";
import { FOOTER, HEADER, transitionAt } from "../event/sample-events.ts";
import { seeded } from "../event/seeded.ts";
import { scan } from "./scan.ts";

const BATCHES = 5;
const A_BATCH = 4;

/** Batches of transitions a millisecond apart, each with its checksum. */
const batches = Array.from({ length: BATCHES }, (_, batch) => {
  const lines = Array.from({ length: A_BATCH }, (_, at) => {
    const seq = batch * A_BATCH + at;
    return `${JSON.stringify(transitionAt(1e6 * (seq + 1), seq))}\n`;
  });
  return withChecksum(lines.join("")).toString();
});
const head = withChecksum(`${JSON.stringify(HEADER)}\n`).toString();
const foot = `${JSON.stringify(FOOTER)}\n`;
const whole = head + batches.join("") + foot;

describe("a recording with checksums", () => {
  test("that is whole has no gap, cut into chunks anywhere", () => {
    const chance = seeded(5);
    for (let round = 0; round < 200; round++) {
      const [a, b] = [chance(whole.length), chance(whole.length)].sort((x, y) => x - y);
      const { events, end } = scan(whole.slice(0, a), whole.slice(a, b), whole.slice(b));
      expect(events.filter(({ type }) => type === "gap")).toEqual([]);
      expect(end).toMatchObject({ unproven: 0, closedCleanly: true, unknownTypes: new Map() });
      expect([events.length, end.lines]).toEqual([BATCHES * A_BATCH, BATCHES * A_BATCH + 2]);
    }
  });

  test("of which a digit has changed marks that batch, and no other, as a gap", () => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const hurt = (batches[batch] ?? "").replace('"localPort":443', '"localPort":444');
      const { events, end } = scan(head + batches.with(batch, hurt).join("") + foot);
      const last = (batch + 1) * A_BATCH * 1e6;
      const from = batch * A_BATCH * 1e6;
      expect(events.filter(({ type }) => type === "gap")).toEqual([
        { type: "gap", t: last, from, cause: "damaged", count: null },
      ]);
      expect(end).toMatchObject({ unproven: 1, malformed: 0, closedCleanly: true });
      expect(describeDamage(end)).toEqual([
        "checksums that do not fit: 1; a gap marks each part in doubt",
      ]);
    }
  });

  test("of which a whole line has gone says so", () => {
    const hurt = (batches[2] ?? "").split("\n").toSpliced(1, 1).join("\n");
    const { events, end } = scan(head + batches.with(2, hurt).join("") + foot);
    expect(events.filter(({ type }) => type === "gap").length).toBe(1);
    expect(end.unproven).toBe(1);
  });

  test("of which a line is broken tells of it once", () => {
    const hurt = (batches[2] ?? "").replace("{", "");
    const { events, end } = scan(head + batches.with(2, hurt).join("") + foot);
    expect(events.filter(({ type }) => type === "gap")).toMatchObject([{ count: 1 }]);
    expect(end).toMatchObject({ unproven: 1, malformed: 1 });
  });

  test("is not doubted where it ends before a checksum", () => {
    const text = head + batches.join("");
    const cut = text.lastIndexOf('{"type":"checksum"');
    expect(scan(text.slice(0, cut)).end).toMatchObject({ unproven: 0, tornTail: false });
  });

  test("takes a name that looks like a checksum for a name", () => {
    const event = { ...transitionAt(1), comm: '\n{"type":"checksum","lines":1}\n' };
    const text = head + withChecksum(`${JSON.stringify(event)}\n`) + foot;
    expect(scan(text)).toMatchObject({ events: [event], end: { unproven: 0, malformed: 0 } });
  });
});

test("the table gives what zlib gives", () => {
  const bytes = Buffer.from(whole);
  expect(crc32ByTable(Buffer.from("123456789"))).toBe(0xcbf43926);
  const half = crc32ByTable(bytes.subarray(0, 700));
  expect(crc32ByTable(bytes.subarray(700), half)).toBe(crc32(bytes));
});
