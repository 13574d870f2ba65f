/** A ring on disk: the same events, files that nobody else can open, and memory where the disk fails. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventRing } from "../../src/store/ring.ts";
import { Shelf } from "../../src/store/shelf.ts";
import { transitionAt } from "../event/sample-events.ts";

let directory: string;
let shelf: Shelf | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lastack-shelf-"));
});
afterEach(() => {
  shelf?.close();
  rmSync(directory, { recursive: true, force: true });
});

const FILE = 40_000;

/** A ring of the newest 20,000 of so many events, when all that is packed has been put away. */
async function filled(count: number, shelved: Shelf) {
  const ring = new EventRing({ maxBytes: 1 << 30, maxEvents: 20_000 }, { shelf: shelved });
  let drops = 0;
  const put = vi.spyOn(shelved, "put");
  for (let seq = 0; seq < count; seq++) {
    ring.push(transitionAt(seq * 1000, seq));
    // The packing is done beside the loop: what is dropped before is never put away.
    if (seq % 5000 === 4999) {
      drops++;
      await vi.waitFor(() => expect(put.mock.calls.length).toBeGreaterThanOrEqual(drops * 4));
    }
  }
  return ring;
}

const sequences = (ring: EventRing) =>
  ring.read(0, ring.size + 1).map((event) => Reflect.get(event, "seq"));

describe("a ring on a shelf", () => {
  test("gives back what was put there, in files without a name, and frees those of the dropped", async () => {
    shelf = new Shelf(directory, () => {}, FILE);
    const ring = await filled(60_000, shelf);
    expect(sequences(ring)).toEqual(Array.from({ length: ring.size }, (_, i) => ring.oldest + i));
    expect(ring.oldest).toBeGreaterThan(39_000);
    expect(readdirSync(directory)).toEqual([]);
    const bytes = ring.bytes;
    expect(shelf.files).toBeGreaterThan(1);
    expect(shelf.files).toBeLessThan(bytes / FILE + 4);
  });

  test("stays in memory where the disk takes no more, and says so once", async () => {
    const inside = join(directory, "history");
    mkdirSync(inside);
    const problems: string[] = [];
    shelf = new Shelf(inside, (line) => problems.push(line), FILE);
    rmSync(inside, { recursive: true });
    const ring = await filled(20_000, shelf);
    expect(sequences(ring)).toEqual(Array.from({ length: ring.size }, (_, i) => ring.oldest + i));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^the history stays in memory, .*history does not take it: cannot/);
  });

  test("is refused where nothing can be written", () => {
    expect(() => new Shelf(join(directory, "not-there"), () => {})).toThrow(
      /cannot write .*not-there/,
    );
  });
});
