/** Options of a dashboard as its first filter. */
import { expect, test } from "vitest";
import { parseCidrs } from "../../src/cli/shared-options.ts";
import { startFilter } from "../../src/cli/start-filter.ts";
import { makeFilter } from "../../src/tui/app-filter.ts";

const ROW = {
  text: "10.0.0.5:8080",
  state: "CLOSE_WAIT",
  comm: ["my app"],
  pid: [123],
  port: [8080, 51000],
  netns: 4026531840,
  local: "10.0.0.5:8080",
  remote: "192.0.2.7:51000",
};

test("no option is no filter", () => {
  expect(startFilter({})).toBeNull();
  expect(startFilter({ netns: "all" })).toBeNull();
});

test("every option is a term that the prompt understands", () => {
  const text = startFilter({
    port: [80, 8080],
    cidr: parseCidrs("10.0.0.0/8,fd00::/8"),
    pid: 123,
    comm: 'my "app',
    netns: 4026531840,
    state: ["CLOSE_WAIT", "LAST_ACK"],
  });
  expect(text).toBe(
    'port:80,8080 cidr:10.0.0.0/8,fd00::/8 pid:123 comm:"my app" netns:4026531840 state:CLOSE_WAIT,LAST_ACK',
  );
  const filter = makeFilter(text ?? "");
  if (typeof filter === "string") throw new Error(filter);
  expect(filter.passes(ROW)).toBe(true);
  expect(filter.passes({ ...ROW, pid: [124] })).toBe(false);
  expect(filter.passes({ ...ROW, state: "TIME_WAIT" })).toBe(false);
  expect(filter.passes({ ...ROW, local: "[2001:db8::1]:8080" })).toBe(false);
  expect(filter.passes({ ...ROW, local: "[fd00::1]:8080" })).toBe(true);
});
