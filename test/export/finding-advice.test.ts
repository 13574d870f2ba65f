import { expect, test } from "vitest";
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Finding } from "../../src/core/finding.ts";
import { adviseOn } from "../../src/export/finding-advice.ts";
import { endpointOf, s } from "./synthetic-endpoint.ts";
import { viewOf } from "./synthetic-trace.ts";

const finding = (fields: Partial<Finding>): Finding => ({
  id: "f1",
  kind: "stuck-close-wait",
  key: "k",
  severity: "warning",
  since: 0,
  until: null,
  subject: {},
  count: 1,
  summary: "s",
  endpoints: ["e1", "e2"],
  evidence: [],
  ...fields,
});

const said = (fields: Partial<Finding>, ...endpoints: Endpoint[]) => {
  const sysctls = { "net.ipv4.tcp_orphan_retries": "3" };
  return adviseOn(finding(fields), viewOf({ endpoints, sysctls }, s(1)));
};

test("an unread queue that all endpoints share changes the advice", () => {
  const reading = (unread: Endpoint["unread"]) =>
    said({}, endpointOf("e1", { unread }), endpointOf("e2", { unread }));
  expect(reading("drained")).not.toEqual(reading("not-accepted"));
});

test("a fact of a part is not told of the whole", () => {
  const mixed = said({}, endpointOf("e1", { unread: "drained" }), endpointOf("e2"));
  expect(mixed).toEqual(said({}));
});

test("advice on a sysctl carries the host's value", () => {
  const orphans = [endpointOf("e1", { orphan: true }), endpointOf("e2", { orphan: true })];
  const advice = said({ kind: "repeated-fin-retransmit" }, ...orphans);
  const knob = advice.find(({ sysctl }) => sysctl === "net.ipv4.tcp_orphan_retries");
  expect(knob?.current).toBe("3");
});

test("an RST's cause is read from its endpoints", () => {
  const cut = (trigger: Endpoint["trigger"]) =>
    said(
      { kind: "reset-teardown" },
      ...["e1", "e2"].map((id) => endpointOf(id, { verdict: "reset-sent", trigger })),
    );
  expect(cut("linger")).not.toEqual(cut("unread-data"));
});

test("a finding whose endpoints are forgotten still has advice", () => {
  expect(said({}).length).toBeGreaterThan(0);
});
