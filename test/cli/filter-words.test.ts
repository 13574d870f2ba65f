/** How a report names the filters that it was made with. */
import { expect, test } from "vitest";
import { filterWords } from "../../src/cli/filter-words.ts";
import { parseCidrs } from "../../src/cli/shared-options.ts";

const cidr = parseCidrs("10.0.0.0/8,::1/128");

test.each([
  [{}, null],
  [{ netns: "all" as const }, null],
  [{ port: [80, 443], from: "+10s" }, "--port 80,443 --from +10s"],
  [{ pid: 0, netns: 7, state: ["CLOSE_WAIT" as const] }, "--pid 0 --netns 7 --state CLOSE_WAIT"],
  [{ cidr, comm: "`x`\n|" }, "--cidr 10.0.0.0/8,::1/128 --comm"],
])("%j", (options, words) => {
  expect(filterWords(options, false)).toBe(words);
});

test("a network is not repeated beside made-up addresses", () => {
  expect(filterWords({ cidr, port: [80] }, true)).toBe("--port 80 --cidr");
});
