/** Recordings with nothing or next to nothing in them: each format still says what it knows. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { columnsOf } from "../../src/export/columns.ts";
import { completenessOf } from "../../src/export/completeness.ts";
import { buildReport, FORMATS } from "../../src/export/index.ts";
import { readTrace } from "../../src/session/read-trace.ts";
import { Story, sock } from "../core/story.ts";
import { headerOf, ledgerOf } from "./synthetic-trace.ts";

const directory = mkdtempSync(join(tmpdir(), "lastack-odd-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const schema = JSON.parse(
  readFileSync(new URL("../../src/export/report.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv.default({ strict: true }).compile(schema);

const HEADER = headerOf();
const footer = (t: number, counted: number, lost = 0) => ({
  type: "footer",
  t,
  ledger: ledgerOf(counted, { lost, received: counted - lost }),
});
const gaps = Array.from({ length: 40 }, (_, i) => ({
  type: "gap",
  t: (i + 1) * 1e9,
  from: i * 1e9,
  cause: "lost",
  count: 17,
}));

const ONE = new Story()
  .at(1)
  .change(sock(), "LISTEN", "SYN_RECV")
  .at(2)
  .change(sock(), "SYN_RECV", "ESTABLISHED").events;

const RECORDINGS: Readonly<Record<string, readonly object[]>> = {
  "a header alone": [HEADER],
  "a header and a footer at its own moment": [HEADER, footer(0, 0)],
  "no endpoints": [HEADER, footer(5e9, 0)],
  "nothing but gaps": [HEADER, ...gaps, footer(41e9, 680, 680)],
  "one endpoint that never closes": [HEADER, ...ONE, footer(60e9, ONE.length)],
};

async function reportOf(name: string) {
  const path = join(directory, `${name.replaceAll(" ", "-")}.ndjson`);
  const lines = (RECORDINGS[name] ?? []).map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(path, lines.join(""));
  const read = await readTrace(path);
  return buildReport(read.trace, read);
}

describe.each(Object.keys(RECORDINGS))("%s", async (name) => {
  const report = await reportOf(name);
  const documents = new Map(FORMATS.map((each) => [each.name, [...each.render(report)].join("")]));
  const { headline } = completenessOf(report);

  test.each(FORMATS.map((format) => format.name))("%s has no hole in it", (format) => {
    const document = documents.get(format) ?? "";
    expect(document.length).toBeGreaterThan(100);
    expect(document).not.toMatch(/NaN|undefined|Infinity|\bInvalid Date/);
    if (format !== "json" && format !== "perfetto") expect(document).not.toMatch(/\bnull\b/);
  });

  test.each(["text", "markdown", "html", "mermaid", "perfetto"])(
    "%s opens with the statement",
    (format) => {
      const document = (documents.get(format) ?? "").replace(/<br\/>|\n(?! *-)/g, " ");
      const at = document.indexOf(headline);
      expect(at).toBeGreaterThan(0);
      const rest = ["FINDINGS", "## What happened", '<div class="story">', "->>", '"traceEvents"'];
      for (const later of rest) {
        const where = document.indexOf(later);
        if (where !== -1) expect(where).toBeGreaterThan(at);
      }
    },
  );

  test("json is valid, perfetto parses, a post-mortem and a text keep their measures", () => {
    validate(JSON.parse(documents.get("json") ?? ""));
    expect(validate.errors ?? []).toEqual([]);
    expect(JSON.parse(documents.get("perfetto") ?? "").traceEvents).toBeInstanceOf(Array);
    expect((documents.get("markdown") ?? "").trimEnd().split("\n").length).toBeLessThanOrEqual(60);
    const wide = (documents.get("text") ?? "").split("\n").filter((line) => columnsOf(line) > 80);
    expect(wide).toEqual([]);
  });
});
