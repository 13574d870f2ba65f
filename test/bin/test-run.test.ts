/** The way of `npm test` over pretended hosts, with a stand-in for vitest's result. */
import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { NEEDS } from "../../bin/setup/needs.js";
import { Interrupted } from "../../bin/setup/run-command.js";
import { test as runTests } from "../../bin/setup/test.js";
import { makeCheckout, type PretendHost, pretendHost } from "./pretend-host.ts";

const GOOD = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
const NONE = { ...GOOD, numPassedTests: 0 };

/** What is run where no argument chooses: the unit tests beside the live ones, but for the first. */
const WHOLE = [
  "vitest run --project=live test/live/scenarios.sudo.test.ts",
  "vitest run --project=live --exclude=test/live/scenarios.sudo.test.ts",
  "vitest run --project=unit",
];

/** A host with every program, on which each command succeeds and vitest writes this result. */
function testHost(counts: object = {}, vitestCode = 0, changes: Partial<PretendHost> = {}) {
  const host = pretendHost(changes);
  for (const [one = ""] of NEEDS.map(({ programs }) => programs)) {
    host.programs.add(one);
  }
  host.onRun = (line) => {
    const output = /--outputFile\.json=(\S+)/.exec(line)?.[1];
    if (output === undefined) return 0;
    const isLive = line.includes("--project=live");
    const result = isLive ? NONE : { ...GOOD, ...counts };
    writeFileSync(output, JSON.stringify({ testResults: [], ...result }));
    return isLive ? 0 : vitestCode;
  };
  return host;
}

const verbs = (host: PretendHost) =>
  host.ran.map((line) =>
    line.replace(/^node \S*(npm|vitest) /, "$1 ").replace(/ --config=.* --outputFile\S+/, ""),
  );

describe("test", () => {
  it("checks, tests, and ends with the count", async () => {
    const host = testHost();
    expect(await runTests([], host)).toBe(0);
    expect(verbs(host)).toEqual(["npm run --silent check", ...WHOLE]);
    expect(host.printed).toBe("7 passed, 0 failed\n");
  });

  it("ends with what failed, and the count", async () => {
    const test = { status: "failed", fullName: "rolls", failureMessages: ["Error: flat"] };
    const file = { name: "test/wave.test.ts", status: "failed", assertionResults: [test] };
    const host = testHost({ numFailedTests: 1, testResults: [file] }, 1);
    expect(await runTests([], host)).toBe(1);
    expect(host.printed).toBe(
      "FAILED test/wave.test.ts > rolls\n  Error: flat\n7 passed, 1 failed\n",
    );
  });

  it("lets the unit tests step aside as long as the live ones run, and counts all", async () => {
    const host = testHost();
    host.onRun = (line) => {
      const output = /--outputFile\.json=(\S+)/.exec(line)?.[1];
      if (output !== undefined) writeFileSync(output, JSON.stringify({ ...GOOD, testResults: [] }));
      return 0;
    };
    const { run } = host;
    let hasStepped = false;
    host.run = async (command, options) => {
      const marker = options?.env?.LASTACK_LIVE_TESTS;
      hasStepped ||= marker !== undefined && existsSync(marker);
      const outcome = await run(command, options);
      // It goes on at the pace of others once the live ones are over.
      if (marker) await vi.waitUntil(() => !existsSync(marker), { timeout: 30_000 });
      return outcome;
    };
    expect(await runTests([], host)).toBe(0);
    expect(hasStepped).toBe(true);
    expect(host.printed).toBe("21 passed, 0 failed\n");
  });

  it("hands the user's arguments to vitest, and keeps its own", async () => {
    const host = testHost();
    await runTests(["--yes", "test/core", "-t", "a wave"], host);
    expect(host.ran.at(-1)).toMatch(/ --outputFile\.json=\S+ test\/core -t a wave$/);
  });

  it("sets up everything first as root", async () => {
    const root = makeCheckout({ "node_modules/.package-lock.json": null });
    const host = testHost({}, 0, { root });
    host.programs.delete("tmux");
    host.files.delete("/sys/kernel/tracing/events");
    await runTests(["-y"], host);
    expect(verbs(host)).toEqual([
      "npm ci --include=dev",
      "npm run --silent build",
      "mount -t tracefs tracefs /sys/kernel/tracing",
      "apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=60 install tmux",
      "npm run --silent check",
      ...WHOLE,
    ]);
  });

  it("goes on without root, and says what that costs", async () => {
    const host = testHost({}, 0, { uid: 1000 });
    host.programs.delete("tmux");
    host.files.delete("/sys/kernel/tracing/events");
    expect(await runTests([], host)).toBe(0);
    expect(verbs(host)).toEqual(["npm run --silent check", "vitest run"]);
    expect(host.said).toEqual([
      "not root: the live tests will be skipped; `sudo npm test` runs them too",
    ]);
  });

  it("goes on when the install is declined", async () => {
    const host = testHost({ numPendingTests: 2 }, 0, { answer: false });
    host.programs.delete("tmux");
    expect(await runTests([], host)).toBe(0);
    expect(host.said.at(-1)).toBe("you declined the install: tests that need it are skipped");
    expect(host.printed).toBe("7 passed, 0 failed, 2 skipped\n");
  });

  it("names programs for which no package is known, and installs the others", async () => {
    const host = testHost();
    host.files.set("/etc/os-release", "ID=alpine\n");
    host.programs.add("apk").delete("tcplife");
    host.programs.delete("curl");
    await runTests(["-y"], host);
    expect(host.said[0]).toBe("no apk package known that brings tcplife: install it by hand");
    expect(host.ran[0]).toBe("apk add --no-cache curl");
  });

  it("counts a failed check as a failed test, and still runs the tests", async () => {
    const host = testHost();
    const succeed = host.onRun;
    host.onRun = (line) => (line.endsWith("check") ? 2 : succeed(line));
    expect(await runTests([], host)).toBe(1);
    expect(host.said).toEqual(["`npm run --silent check` ended with 2, see above"]);
    expect(host.printed).toBe("7 passed, 1 failed\n");
  });

  it("fails on CI when a test was skipped", async () => {
    const host = testHost({ numPendingTests: 1 }, 0, { env: { CI: "true" } });
    expect(await runTests([], host)).toBe(1);
    expect(host.printed).toBe("7 passed, 0 failed, 1 skipped\n");
  });

  it.each<[string, object, number]>([
    ["a test failed", { numFailedTests: 1 }, 1],
    ["no test ran", { numPassedTests: 0 }, 0],
    ["an error came from outside the tests", {}, 1],
  ])("fails when %s", async (_, counts, vitestCode) => {
    expect(await runTests([], testHost(counts, vitestCode))).toBe(1);
  });

  it("ends with a count even when interrupted", async () => {
    const host = testHost();
    host.onRun = () => {
      throw new Interrupted("SIGTERM");
    };
    expect(await runTests([], host)).toBe(143);
    expect(host.printed).toBe("0 passed, 1 failed\n");
  });
});
