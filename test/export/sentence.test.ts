import { expect, test } from "vitest";
import { clockOf } from "../../src/export/clock.ts";
import { sentenceOf } from "../../src/export/sentence.ts";
import { endpointOf } from "./synthetic-endpoint.ts";
import { INCIDENT_END, incidentEndpoints } from "./synthetic-incident.ts";
import { headerOf } from "./synthetic-trace.ts";

const context = { clock: clockOf(headerOf().startedAt), endNs: INCIDENT_END };

test("every endpoint of the incident", async () => {
  const sentences = incidentEndpoints().map((e) => `${e.id}: ${sentenceOf(e, context)}\n`);
  await expect(sentences.join("")).toMatchFileSnapshot("golden/sentences.golden");
});

test("the holder is called the closer only where the closing told its process", () => {
  const closed = { role: "active", teardownAt: 0, trigger: "close" } as const;
  const owner = { pid: 812, comm: "nginx", confidence: "certain" } as const;
  const said = (source: "close" | "accept") =>
    sentenceOf(endpointOf("e1", { ...closed, owner: { ...owner, source } }), context);
  expect(said("close")).toContain("close() by nginx pid 812");
  expect(said("accept")).toContain("close(), held by nginx pid 812");
});

test("a name cannot bring a control character into a sentence", () => {
  const owner = {
    pid: 1,
    comm: "\u001b]0;x\u0007\u202e",
    source: "close",
    confidence: "certain",
  } as const;
  const endpoint = endpointOf("e1", { role: "active", trigger: "close", owner });
  expect(sentenceOf(endpoint, context)).not.toMatch(/\p{C}/u);
});
