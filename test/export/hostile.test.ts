import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { FORMATS } from "../../src/export/index.ts";
import { parseCsv } from "./csv-reader.ts";
import { hostileNames } from "./hostile-names.ts";
import { hostileReport } from "./hostile-report.ts";

/** 10,000 names, a hundred reports: each format meets every name in a report of its own size. */
const NAMES = hostileNames(10_000, 20261121);
const REPORTS = Array.from({ length: 100 }, (_, i) =>
  hostileReport(NAMES.slice(i * 100, (i + 1) * 100)),
);

const documentsOf = (name: string): string[] => {
  const format = FORMATS.find((known) => known.name === name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return REPORTS.map((report) => [...format.render(report)].join(""));
};

describe.each(FORMATS.map(({ name }) => name))("%s, 10,000 hostile names", (name) => {
  test("no control, bidi, separator or zero-width character", () => {
    const allowed = name === "csv" ? /[\r\n]/g : /\n/g;
    for (const document of documentsOf(name)) {
      expect(document.replace(allowed, "")).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u,
      );
    }
  }, 180_000);
});

test("csv: parses back to one row each, and no cell is a formula in any locale", () => {
  for (const document of documentsOf("csv")) {
    const rows = parseCsv(document);
    expect(rows).toHaveLength(101);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    const cells = [...rows.flat(), ...document.split(/[;\n]/)];
    expect(cells.filter((cell) => /^\s*[=+\-@\t\r\0＝＋－＠]/u.test(cell))).toEqual([]);
  }
});

test("json and perfetto: parse, and json gives every name back", () => {
  documentsOf("perfetto").map((document) => JSON.parse(document));
  const back = documentsOf("json").flatMap((document) =>
    JSON.parse(document).endpoints.map((endpoint: Endpoint) => endpoint.owner?.comm),
  );
  expect(back).toEqual(NAMES);
});

test("markdown: no tag, no link, no mention, no reference, no broken table, at most 60 lines", () => {
  for (const document of documentsOf("markdown")) {
    const lines = document.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(60);
    const prose = outsideFences(lines);
    for (const line of prose) {
      expect(line).not.toMatch(/<|(?<!\\)\]\(|@\w|(?<![&\\])#\d|https?:\/\/|www\.\w/);
      expect(line).not.toMatch(/(?<!\\)`/);
      if (line.startsWith("|")) expect([4, 9]).toContain(line.match(/(?<!\\)\|/g)?.length);
    }
  }
});

function outsideFences(lines: readonly string[]): string[] {
  let isInside = false;
  return lines.filter((line) => {
    if (line.startsWith("```")) isInside = !isInside;
    return !isInside && !line.startsWith("```");
  });
}

test("mermaid: every line is a statement of ours", () => {
  const statement =
    /^(?:sequenceDiagram| {2}participant [AB] as .+| {2}(?:A--?(?:>>|x)B|B--?(?:>>|x)A): .+| {2}Note (?:left of A|right of B|over A(?:,B)?): .+)$/;
  for (const document of documentsOf("mermaid")) {
    for (const line of document.trimEnd().split("\n")) {
      expect(line).toMatch(statement);
      const text = line.replaceAll("<br/>", "").replace(/#\d+;/g, "");
      expect(text).not.toMatch(/[;#%<&"`{}[\]|\\]|\bend\b/i);
    }
  }
});
