import { expect, test } from "vitest";
import { html } from "../../src/export/html.ts";
import { markup } from "../../src/export/markup.ts";
import { hostileNames } from "./hostile-names.ts";
import { hostileReport } from "./hostile-report.ts";
import { endpointOf, phasesOf, s } from "./synthetic-endpoint.ts";
import { INCIDENT_END, incident } from "./synthetic-incident.ts";
import { reportOf } from "./synthetic-trace.ts";

const pageOf = (report: Parameters<typeof html.render>[0]) => [...html.render(report)].join("");
const incidentPage = pageOf(reportOf(incident(), INCIDENT_END));

/** The page without its style sheet, which no recording has a part in. */
const body = (page: string) => page.replace(/<style>[\s\S]*?<\/style>/, "");

/** Tags with their attributes' names, as a browser would find them. */
const shapes = (page: string) =>
  [
    ...body(page).matchAll(
      /<(!?\/?[a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*(?:="[^"<>]*")?)*)\s*\/?>/gi,
    ),
  ].map(([, tag, attributes = ""]) =>
    [
      tag,
      ...attributes
        .replace(/="[^"]*"/g, "")
        .trim()
        .split(/\s+/)
        .sort(),
    ]
      .join(" ")
      .trim(),
  );

test("a policy forbids scripts and everything from elsewhere, and nothing asks for it", () => {
  expect(incidentPage).toContain(
    `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
  );
  expect(incidentPage).not.toMatch(/<script|<link|<iframe|<object|\bsrc=|url\(|@import|\son\w+=/i);
  const targets = [...incidentPage.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
  expect(targets.filter((target) => !target?.startsWith("#"))).toEqual([]);
});

test.each([
  ["an incident", incidentPage],
  ["an empty recording", pageOf(reportOf({ endpoints: [] }, s(1)))],
])("%s: every link leads to something on the page, and no id stands twice", (_, page) => {
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, target]) => target);
  expect(new Set(ids).size).toBe(ids.length);
  expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
});

test("findings stand before diagrams, charts and the table", () => {
  const places = ["Findings", "Wave diagrams", "In numbers", "Endpoints", "Ledger"].map((title) =>
    incidentPage.indexOf(`>${title}`),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(incidentPage.indexOf("Incomplete: "));
});

test("10,000 hostile names: no tag or attribute of theirs, every angle bracket is ours", () => {
  const known = new Set(
    shapes(pageOf(hostileReport(Array.from({ length: 100 }, (_, i) => `name${i}`)))),
  );
  const names = hostileNames(10_000, 20261121);
  for (let i = 0; i < names.length; i += 100) {
    const page = pageOf(hostileReport(names.slice(i, i + 100)));
    const found = shapes(page);
    expect(found.filter((shape) => !known.has(shape))).toEqual([]);
    expect(body(page).match(/</g)).toHaveLength(found.length);
    expect(body(page).match(/>/g)).toHaveLength(found.length);
  }
}, 180_000);

test("a filter and an order exist for each choice that the page offers", () => {
  const style = /<style>([\s\S]*)<\/style>/.exec(incidentPage)?.[1] ?? "";
  const choices = [...incidentPage.matchAll(/type="radio"[^>]*id="([^"]+)"/g)].map(([, id]) => id);
  expect(choices.length).toBeGreaterThan(20);
  const idle = choices.filter((id) => !id?.endsWith("-all") && !style.includes(`#${id}:checked`));
  expect(idle).toEqual([]);
});

test("each order is a permutation of the rows", () => {
  const rows = [...incidentPage.matchAll(/style="(--k0:[^"]*)"/g)].map(([, order = ""]) =>
    order.split(";").map((entry) => Number(entry.split(":")[1])),
  );
  for (let key = 0; key < 8; key++) {
    const ranks = rows.map((order) => order[key] ?? -1).sort((a, b) => a - b);
    expect(ranks).toEqual(rows.map((_, i) => i));
  }
});

test("at most a thousand rows, troubled endpoints before quiet ones, and it says so", () => {
  const quiet = Array.from({ length: 1500 }, (_, i) => endpointOf(`e${i + 1}`));
  const troubled = endpointOf("e1501", {
    verdict: "timed-out",
    teardownAt: s(1),
    endedAt: s(2),
    phases: phasesOf([["FIN_WAIT1", s(1)]], s(2)),
  });
  const page = pageOf(reportOf({ endpoints: [...quiet, troubled] }, s(3)));
  expect(page.match(/<tr role="row" id="endpoint-/g)).toHaveLength(1000);
  expect(page).toContain('id="endpoint-e1501"');
  expect(page).toContain("the 1,000 to look at first, of 1,501");
});

test("markup escapes what is put into it and keeps what it made itself", () => {
  const inner = markup`<b title="${'"x"'}">${"<i>&'"}</b>`;
  expect(inner.html).toBe('<b title="&quot;x&quot;">&lt;i&gt;&amp;&#39;</b>');
  expect(markup`<p>${[inner, null, 3]}</p>`.html).toBe(`<p>${inner.html}3</p>`);
});
