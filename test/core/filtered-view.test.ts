/** A filter hides endpoints and what speaks of them alone, never a loss. */
import { describe, expect, test } from "vitest";
import { FilteredView } from "../../src/core/filtered-view.ts";
import { peerOf, Story, sock } from "./story.ts";

const client = sock();
const server = peerOf(client);
const stuck = peerOf(client, { localPort: 8080 });

function story(): Story {
  const told = new Story().at(1).connect(client).accept(server).accept(stuck, 300, "app");
  told
    .at(100)
    .finCame(stuck)
    .at(200)
    .resend(client, { flags: 24, length: 3, state: "ESTABLISHED" });
  return told.at(15_000).gap(14_000).until(30_000);
}

describe("only the server's side", () => {
  const { trace } = story();
  const view = new FilteredView(trace, ({ tuple }) => tuple.localPort === 8080);

  test("lists and finds no other endpoint", () => {
    expect([...view.endpoints()].map(({ id }) => id)).toEqual(["e3"]);
    expect(view.endpoint("e3")?.id).toBe("e3");
    expect(view.endpoint("e1")).toBeUndefined();
    expect(view.endpoint("e99")).toBeUndefined();
  });

  test("counts those alone", () => {
    expect(view.summary()).toMatchObject({
      endpoints: 1,
      itemised: 1,
      teardowns: 1,
      byRole: { passive: 1, none: 0 },
      retransmits: { DATA: 0 },
    });
    expect(trace.summary()).toMatchObject({ endpoints: 3, retransmits: { DATA: 1 } });
  });

  test("keeps its findings and the trace's own", () => {
    expect(
      view
        .findings()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(["incomplete-trace", "stuck-close-wait"]);
    expect(view.findings().find(({ kind }) => kind === "incomplete-trace")?.endpoints).toEqual([
      "e3",
    ]);
  });

  test("says the same of completeness, time and losses", () => {
    const [only] = view.endpoints();
    if (only === undefined) throw new Error("nothing passed");
    expect(view.isComplete(only)).toBe(false);
    expect(view.now).toBe(trace.now);
    expect(view.ledger()).toEqual(trace.ledger());
  });
});

test("a finding stays what it was concluded from, and says how much of it is seen", () => {
  const told = new Story().at(1);
  const ports = [40_001, 40_002, 40_003];
  const ends = ports.map((remotePort) => peerOf(client, { localPort: 8080, remotePort }));
  for (const end of ends) told.accept(end, 300, "app");
  told.at(100);
  for (const end of ends) told.finCame(end);
  const { trace } = told.until(30_000);
  const [whole] = trace.findings();
  const view = new FilteredView(trace, ({ tuple }) => tuple.remotePort === 40_002);
  const [part] = view.findings();
  expect(whole?.summary).toContain("3 connections");
  expect(part).toEqual({
    ...whole,
    endpoints: [whole?.endpoints[1]],
    summary: `${whole?.summary} (1 of its 3 endpoints pass the filter)`,
  });
  expect(new FilteredView(trace, () => true).findings()).toEqual(trace.findings());
});

test("a filter that nothing passes still tells of the loss", () => {
  const view = new FilteredView(story().trace, () => false);
  expect([...view.endpoints()]).toEqual([]);
  expect(view.findings().map(({ kind }) => kind)).toEqual(["incomplete-trace"]);
  expect(view.summary()).toMatchObject({ endpoints: 0, phaseMs: {} });
});
