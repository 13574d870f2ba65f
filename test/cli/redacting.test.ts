/** `report --redact` over a recording of a real kernel: no name is left, and filters find the same. */
import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Redacting } from "../../src/cli/redacting.ts";
import { type FilterOptions, matches, parseCidrs } from "../../src/cli/shared-options.ts";
import { FilteredView } from "../../src/core/filtered-view.ts";
import { Redactor } from "../../src/event/redact.ts";
import type { TraceEvent } from "../../src/event/trace-event.ts";
import { buildReport, FORMATS } from "../../src/export/index.ts";
import { readTrace } from "../../src/session/read-trace.ts";

const DEMO = fileURLToPath(new URL("../recordings/demo.ndjson", import.meta.url));

/** Every name and address that the events carry; `lo` and wildcards are everybody's. */
function namesIn(events: readonly TraceEvent[]): Set<string> {
  const names = new Set<string>();
  for (const event of events) {
    for (const key of ["local", "remote", "comm", "exe", "cmdline", "unit", "container"]) {
      const value = (event as unknown as Record<string, unknown>)[key];
      if (typeof value === "string" && value.length > 3) names.add(value);
    }
  }
  for (const common of ["127.0.0.1", "0.0.0.0", "::1"]) names.delete(common);
  return names;
}

/** A key that is the same each time: a made-up address may be a true one once in 65,536 keys. */
const hash = (text: string) => createHmac("sha256", "a test's").update(text).digest("hex");

const read = async (filter: FilterOptions = {}) => {
  const events: TraceEvent[] = [];
  const plain = await readTrace(DEMO, { onEvents: (batch) => events.push(...batch) });
  const redacting = new Redacting(new Redactor(hash), filter);
  const redacted = await readTrace(DEMO, { redactor: redacting });
  return { plain, redacted, redacting, events };
};

test("no name, address or host stands in any format, and each says that it is so", async () => {
  const { plain, redacted, events } = await read();
  const names = [...namesIn(events)];
  expect(names.length).toBeGreaterThan(20);
  const report = buildReport(redacted.trace, redacted);
  const original = buildReport(plain.trace, plain);
  for (const { name, render } of FORMATS) {
    const [before, after] = [original, report].map((each) => [...render(each)].join(""));
    expect(names.filter((each) => before?.includes(each))).not.toEqual([]);
    expect(names.filter((each) => after?.includes(each))).toEqual([]);
    expect(after).not.toMatch(/\bvm\b/);
    if (name !== "json" && name !== "csv") {
      expect(after?.replace(/<br\/>|\n/g, " ")).toContain("names and addresses are made up");
    }
  }
  expect(report.summary).toEqual(original.summary);
});

test.each<[string, FilterOptions]>([
  ["a name", { comm: "checkout-api" }],
  ["a network", { cidr: parseCidrs("10.0.0.41,fd00:10::/64") }],
  ["both and a port", { comm: "shop-frontend", cidr: parseCidrs("10.0.0.0/24"), port: [80] }],
])("a filter by %s finds the same endpoints under their new names", async (_, filter) => {
  const { plain, redacted, redacting } = await read(filter);
  const idsOf = (trace: typeof plain.trace, by: FilterOptions) =>
    [...new FilteredView(trace, (endpoint) => matches(by, endpoint)).endpoints()].map(
      ({ id }) => id,
    );
  const found = idsOf(redacted.trace, redacting.filter);
  expect(found.length).toBeGreaterThan(3);
  expect(found).toEqual(idsOf(plain.trace, filter));
});
