/** The post-mortem through a renderer of GitHub's Markdown: a name stays a name wherever it stands. */
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import { markdown } from "../../src/export/markdown.ts";
import { safeName } from "../../src/export/names.ts";
import type { Report } from "../../src/export/report.ts";
import { hostileNames } from "./hostile-names.ts";
import { hostileReport } from "./hostile-report.ts";
import { INCIDENT_END, incident } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

/** As GitHub renders it, but that HTML is shown and not taken away. */
const rendered = (report: Report) =>
  micromark([...markdown.render(report)].join(""), {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });

const tagsIn = (html: string) => html.match(/<\/?[a-z][^>]*>/gi) ?? [];

test("an incident has its sections, two tables, lists and one diagram", () => {
  const html = rendered(reportOf(incident(), INCIDENT_END));
  const titles = [...html.matchAll(/<h2>(.*)<\/h2>/g)].map(([, title]) => title);
  expect(titles).toEqual(["What happened", "Timeline (UTC)", "Evidence", "Ledger", "Advice"]);
  const kinds = new Set(tagsIn(html).map((tag) => tag.replace(/^<\/?|[ >].*$/g, "")));
  expect([...kinds].sort()).toEqual(
    "code h1 h2 li p pre strong table tbody td th thead tr ul".split(" "),
  );
  expect(html.match(/<table>/g)).toHaveLength(2);
  expect(html.match(/<code class="language-mermaid">/g)).toHaveLength(1);
});

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };

/** The text that a person reads; what is there only to break a name is not read. */
const readIn = (html: string) =>
  html
    .replace(/<[^>]*>|\u200b/g, "")
    .replace(/&(lt|gt|quot|amp);/g, (_, name: string) => ENTITIES[name] ?? "")
    .replace(/ +/g, " ");

test("10,000 hostile names: no tag of theirs, every table whole, every name as it was", () => {
  const names = hostileNames(10_000, 20261121);
  const plain = rendered(hostileReport(Array.from({ length: 100 }, (_, i) => `n${i}`)));
  for (let i = 0; i < names.length; i += 100) {
    const html = rendered(hostileReport(names.slice(i, i + 100)));
    expect(tagsIn(html)).toEqual(tagsIn(plain));
    const [title = ""] = /<h1>.*<\/h1>/.exec(html) ?? [];
    const host = safeName(names[i] ?? "").replace(/^ +| +$/g, " ");
    expect(readIn(title)).toBe(`TCP teardowns on ${host}, 2026-11-21`.replace(/ +/g, " "));
  }
}, 180_000);
