// Names that want to break out of their cell reach the terminal harmless and in their columns.
import { afterEach, describe, expect, it } from "vitest";
import { paintTable, type TableColumn } from "../../src/tui/table.ts";
import { START_CURSOR } from "../../src/tui/table-cursor.ts";
import { textWidth } from "../../src/tui/text.ts";
import { type Mounted, mount } from "./harness.ts";
import { HARMFUL, nameMaker, OWN } from "./hostile-names.ts";
import { paintGrid } from "./paint.ts";

const NAMES = 100_000;
const [COLS, ROWS, NAME_COLUMNS, NAME_WIDTH] = [200, 60, 10, 18];

let mounted: Mounted | null = null;

afterEach(() => {
  mounted?.close();
  mounted = null;
});

describe("a hundred thousand hostile names", () => {
  it("send no byte of theirs that could act, and shift no column", async () => {
    const screen = mount(COLS, ROWS);
    mounted = screen;
    const makeName = nameMaker(20261121);
    const columns: TableColumn[] = Array.from({ length: NAME_COLUMNS }, (_, i) => ({
      id: `c${i}`,
      title: "",
      width: NAME_WIDTH,
    }));
    const perFrame = NAME_COLUMNS * (ROWS - 1);
    const marks = Array.from(
      { length: NAME_COLUMNS },
      (_, i) => 1 + (i + 1) * (NAME_WIDTH + 1) - 1,
    );
    await screen.settle();
    screen.takeWritten();
    for (let shown = 0; shown < NAMES; shown += perFrame) {
      await screen.draw((painter) => {
        paintTable(painter, {
          columns,
          count: ROWS - 1,
          cursor: START_CURSOR,
          row: (index) => ({ key: String(index), cells: columns.map(makeName) }),
        });
        for (const x of marks) {
          for (let y = 1; y < ROWS; y++) painter.put(x, y, "|");
        }
      });
      const left = screen.takeWritten().replace(OWN, "");
      if (HARMFUL.test(left)) expect.fail(`sent ${JSON.stringify(HARMFUL.exec(left)?.[0])}`);
      for (let y = 1; y < ROWS; y++) {
        for (const x of marks) {
          if (screen.cell(x, y)?.getChars() === "|") continue;
          expect.fail(`column ${x} of row ${y} is shifted`);
        }
      }
    }
    expect(screen.text()).toBe(screen.terminal.frame.text());
  }, 180_000);

  it("keep the very width that is measured", async () => {
    const screen = mount(60, 2);
    mounted = screen;
    const makeName = nameMaker(3);
    for (let round = 0; round < 300; round++) {
      const name = makeName();
      const width = Math.min(textWidth(name), 59);
      await screen.draw((painter) => {
        const used = painter.text(0, 0, name, "text", 59);
        expect(used).toBeLessThanOrEqual(width);
        expect(used).toBeGreaterThanOrEqual(Math.min(width, 58));
        painter.put(used, 0, "|");
        painter.fill({ x: used + 1, y: 0, width: 60, height: 1 }, ".");
      });
      expect(screen.text().split("\n")[0]?.endsWith(".") || width >= 58).toBe(true);
    }
  });
});

describe("a single character", () => {
  it.each(["\x1b", "a\x1b[2J", "数", "\u202e", "", "👩"])("%j is not let through", (ch) => {
    const grid = paintGrid(3, 2, (painter) =>
      painter.fill({ x: 0, y: 0, width: 3, height: 1 }, ch),
    );
    expect(grid.text()).toBe("???\n");
  });
});

describe("blessed's tags", () => {
  it.each(["{red-bg}evil{/}", "{/}{escape}{red-fg}x", "{bold}", "{open}close}"])(
    "mean nothing: %s",
    async (name) => {
      const screen = mount(40, 2);
      mounted = screen;
      await screen.draw((painter) => painter.text(0, 0, name));
      expect(screen.text().split("\n")[0]).toBe(name);
      expect(screen.cell(0, 0)?.isFgDefault()).toBe(true);
      expect(screen.cell(0, 0)?.isBold()).toBe(0);
    },
  );
});
