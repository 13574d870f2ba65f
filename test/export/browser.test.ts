/** What only a browser can say: the HTML report in Chromium, the diagrams by Mermaid's own parser. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { html } from "../../src/export/html.ts";
import { mermaid } from "../../src/export/mermaid.ts";
import type { Report } from "../../src/export/report.ts";
import { skipOrFail } from "../live/requires.ts";
import { findChromium, openDocument, startChromium } from "./browser.ts";
import { hostileNames } from "./hostile-names.ts";
import { hostileReport } from "./hostile-report.ts";
import { gracefulPair, INCIDENT_END, incident } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

const NAMES = hostileNames(10_000, 20261121);
const text = (format: { render(report: Report): Iterable<string> }, report: Report) =>
  [...format.render(report)].join("");

const path = findChromium();
let browser: Browser;
beforeAll(async () => {
  if (path !== undefined) browser = await startChromium(path);
}, 180_000);
afterAll(() => browser?.close(), 180_000);
beforeEach((ctx) => {
  skipOrFail(ctx, path === undefined ? "there is no Chromium" : undefined, process.env.CI);
});

const REPORTS = [
  ["an incident", () => reportOf(incident(), INCIDENT_END)],
  ["an empty recording", () => reportOf({ endpoints: [] }, 0)],
  ["hostile names", () => hostileReport(NAMES.slice(0, 100))],
] as const;

describe.each([1280, 390])("the HTML report at %d pixels", (width) => {
  test.each(REPORTS)(
    "%s: nothing on the console, nothing beyond the edge",
    async (_, report) => {
      for (const colorScheme of ["light", "dark"] as const) {
        const document = text(html, report());
        const options = { width, height: 900, colorScheme };
        const { page, complaints } = await openDocument(browser, document, options);
        expect(await page.title()).toMatch(/^TCP teardowns on /);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
          width,
        );
        const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        const isDark = /^rgb\(\d\d?,/.test(String(paper));
        expect(isDark).toBe(colorScheme === "dark");
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
    120_000,
  );
});

const ROWS = "#endpoints tbody tr";
/** Ids of the rows that are shown, from top to bottom. */
const shownIds = (page: Page): Promise<string[]> =>
  page.$$eval(ROWS, (rows) =>
    rows
      .map((row) => ({ id: row.id, box: row.getBoundingClientRect() }))
      .filter(({ box }) => box.height > 0)
      .sort((a, b) => a.box.top - b.box.top)
      .map(({ id }) => id.replace("endpoint-", "")),
  );

test("rows are filtered and sorted with the keyboard alone", async () => {
  const { page, complaints } = await openDocument(
    browser,
    text(html, reportOf(incident(), INCIDENT_END)),
    { width: 1280, height: 900, colorScheme: "light" },
  );
  const all = await shownIds(page);
  expect(all).toHaveLength(14);
  const tabTo = async (id: string) => {
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate("document.activeElement.id")) === id) return;
    }
    throw new Error(`Tab does not come to ${id}`);
  };
  await tabTo("v-all");
  const ring = await page.evaluate(
    "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle",
  );
  expect(ring).not.toBe("none");
  await page.keyboard.press("ArrowRight");
  expect(await shownIds(page)).toEqual(["e1", "e2", "e10", "e11", "e12"]);
  await page.keyboard.press("ArrowLeft");
  expect(await shownIds(page)).toEqual(all);
  await tabTo("sort-seen");
  for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
  expect((await shownIds(page)).slice(0, 3)).toEqual(["e8", "e7", "e11"]);
  expect(complaints).toEqual([]);
  await page.close();
}, 300_000);

/** As much of a page's own parser as is asked of it: the tests have no types of a browser. */
type DocumentParser = new () => {
  parseFromString(
    text: string,
    type: "text/html",
  ): {
    createNodeIterator(
      root: unknown,
      whatToShow: number,
    ): {
      nextNode(): { readonly nodeName: string; getAttributeNames?(): string[] } | null;
    };
  };
};

test("2,000 hostile names: a browser finds no element and no attribute that is not ours", async () => {
  const page = await browser.newPage();
  const shapesOf = (report: Report) =>
    page.evaluate(
      (document) => {
        const { DOMParser } = globalThis as unknown as { DOMParser: DocumentParser };
        const parsed = new DOMParser().parseFromString(document, "text/html");
        const nodes = parsed.createNodeIterator(parsed, 0xffff_ffff);
        const shapes = new Set<string>();
        for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
          const attributes = node.getAttributeNames?.().sort().join(" ");
          if (node.nodeName !== "#text") shapes.add(`${node.nodeName} ${attributes}`);
        }
        return [...shapes];
      },
      text(html, report),
    );
  const plain = Array.from({ length: 1000 }, (_, i) => `name${i}`);
  const known = new Set(await shapesOf(hostileReport(plain)));
  expect(known.size).toBeGreaterThan(50);
  // The other names are html.test.ts's: here it is the parser that is another one.
  for (let i = 0; i < 2000; i += 1000) {
    const found = await shapesOf(hostileReport(NAMES.slice(i, i + 1000)));
    expect(found.filter((shape) => !known.has(shape))).toEqual([]);
  }
  await page.close();
}, 300_000);

/** What Mermaid has understood of a diagram. */
interface Understood {
  readonly actors: readonly string[];
  readonly messages: readonly string[];
}

/** Mermaid on a page of its own: it needs a document. */
async function mermaidPage(): Promise<{ page: Page; parse(text: string): Promise<Understood> }> {
  const page = await browser.newPage();
  const script = createRequire(import.meta.url).resolve("@mermaid-js/tiny");
  await page.addScriptTag({ content: readFileSync(script, "utf8") });
  await page.evaluate("mermaid.initialize({ startOnLoad: false })");
  const parse = (document: string): Promise<Understood> =>
    page.evaluate(async (diagram) => {
      // biome-ignore lint/suspicious/noExplicitAny: the script declares no types
      const { mermaidAPI } = (globalThis as any).mermaid;
      const { type, db } = await mermaidAPI.getDiagramFromText(diagram);
      if (type !== "sequence") throw new Error(`Mermaid takes it for ${type}`);
      // Entities stand in Mermaid's own spelling until they are drawn.
      const plain = (label: string) =>
        label.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));
      const actors = [...db.getActors().values()].map(({ description }) => plain(description));
      const messages = db.getMessages().map(({ message }: { message: string }) => plain(message));
      return { actors, messages };
    }, document);
  return { page, parse };
}

/** The label of a line as a person will read it. */
const labelOf = (line: string) =>
  line
    .replace(/^.*? as |^[^:]*: /, "")
    .replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .trim();

test("mermaid: the real parser takes every diagram, and understands what was meant", async () => {
  const { page, parse } = await mermaidPage();
  const reports = [
    reportOf(incident(), INCIDENT_END),
    reportOf({ endpoints: gracefulPair() }, INCIDENT_END),
    reportOf({ endpoints: [] }, 0),
    ...Array.from({ length: 40 }, (_, i) => hostileReport(NAMES.slice(i * 250, i * 250 + 2))),
  ];
  for (const report of reports) {
    const lines = text(mermaid, report).trimEnd().split("\n").slice(1);
    const actors = lines.filter((line) => line.startsWith("  participant")).map(labelOf);
    const messages = lines.filter((line) => !line.startsWith("  participant")).map(labelOf);
    expect(await parse(text(mermaid, report))).toEqual({ actors, messages });
  }
  await page.close();
}, 300_000);

test("mermaid: 10,000 hostile names are 20,000 participants and nothing else", async () => {
  const { page, parse } = await mermaidPage();
  const lines = NAMES.flatMap((name) =>
    text(mermaid, hostileReport([name]))
      .split("\n")
      .filter((line) => line.startsWith("  participant")),
  );
  expect(lines).toHaveLength(20_000);
  for (let i = 0; i < lines.length; i += 500) {
    const some = lines.slice(i, i + 500);
    // The ends of 250 diagrams in one: each needs a letter of its own.
    const renamed = some.map((line, n) => line.replace(/participant [AB]/, `participant P${n}`));
    const { actors, messages } = await parse(["sequenceDiagram", ...renamed, ""].join("\n"));
    expect(actors).toEqual(some.map(labelOf));
    expect(messages).toEqual([]);
  }
  await page.close();
}, 300_000);
