/** The way of `npm start` over pretended hosts, up to the command line of the dashboard. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Interrupted } from "../../bin/setup/run-command.js";
import { start } from "../../bin/setup/start.js";
import { makeCheckout, type PretendHost, pretendHost } from "./pretend-host.ts";

const demo = (host: PretendHost) => [
  "replay",
  join(host.root, "test/recordings/demo.ndjson"),
  "--demo",
];

describe("start", () => {
  it("opens the live dashboard at once where nothing is missing", async () => {
    const host = pretendHost();
    expect(await start(["--port", "80"], host)).toBe(0);
    expect(host.launched).toEqual([["live", "--port", "80"]]);
    expect([host.ran, host.said]).toEqual([[], []]);
  });

  it("sets up a new checkout on a bare Debian, then opens the live dashboard", async () => {
    const host = pretendHost({ root: makeCheckout({ "dist/bundle/main.js": null }) });
    host.programs = new Set(["apt-get", "mount", "npm"]);
    const events = "/sys/kernel/tracing/events";
    host.files.delete(events);
    host.files.delete(`${events}/sock/inet_sock_set_state`);
    host.files.delete("/var/lib/apt/lists/mirror_dists_bookworm_main_binary-amd64_Packages");
    host.onRun = (line) => {
      if (line.startsWith("mount")) {
        host.files.set(events, "").set(`${events}/sock/inet_sock_set_state`, "");
      }
      if (line.startsWith("apt-get") && line.includes(" install ")) {
        host.programs.add("bpftrace").add("ss");
      }
      return 0;
    };
    expect(await start([], host)).toBe(0);
    expect(host.ran).toEqual([
      "node /usr/bin/npm run --silent build",
      "mount -t tracefs tracefs /sys/kernel/tracing",
      "apt-get -q -o DPkg::Lock::Timeout=60 update",
      "apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=60 install bpftrace iproute2",
    ]);
    expect(host.said).toEqual([
      "building",
      "mounted tracefs on /sys/kernel/tracing",
      "needs bpftrace (runs the probes), iproute2, for ss (reads the socket table)",
    ]);
    expect(host.asked).toEqual(["Install them with apt-get?"]);
    expect(host.launched).toEqual([["live"]]);
  });

  it("builds anew after new npm packages, even where a build is there", async () => {
    const host = pretendHost({ root: makeCheckout({ "node_modules/.package-lock.json": 99 }) });
    await start([], host);
    expect(host.ran).toEqual([
      "node /usr/bin/npm ci --include=dev",
      "node /usr/bin/npm run --silent build",
    ]);
  });

  it("ends with 1 and one line where npm fails", async () => {
    const host = pretendHost({ root: makeCheckout({ "node_modules/.package-lock.json": null }) });
    host.onRun = () => 1;
    expect(await start([], host)).toBe(1);
    expect(host.said.slice(1)).toEqual([
      "cannot set up: `npm ci --include=dev` ended with 1, see above: mend that, then start again",
    ]);
    expect(host.launched).toEqual([]);
  });

  it.each<[string, string[], Partial<PretendHost>]>([
    ["--yes was given", ["--yes"], {}],
    ["there is no terminal", [], { isTerminal: false }],
    ["CI is set", [], { env: { CI: "true" } }],
  ])("installs without asking when %s", async (_, args, changes) => {
    const host = pretendHost(changes);
    host.programs.delete("bpftrace");
    host.onRun = () => {
      host.programs.add("bpftrace");
      return 0;
    };
    await start(args, host);
    expect([host.asked, host.ran.length, host.launched]).toEqual([[], 1, [["live"]]]);
  });

  it("opens the demo with one line, and installs nothing, when the install is declined", async () => {
    const host = pretendHost({ answer: false });
    host.programs.delete("bpftrace");
    expect(await start(["--port", "80", "--no-color"], host)).toBe(0);
    expect(host.ran).toEqual([]);
    expect(host.said.slice(1)).toEqual([
      "no live view: bpftrace is not installed (you declined the install); install bpftrace, then start again. Showing the bundled recording instead, without your options",
    ]);
    expect(host.launched).toEqual([[...demo(host), "--no-color"]]);
  });

  it("opens the demo when the package manager succeeds and brings nothing", async () => {
    const host = pretendHost();
    host.programs.delete("bpftrace");
    await start([], host);
    expect(host.said.at(-1)).toMatch(/apt-get is done, and it is still not here/);
    expect(host.launched).toEqual([demo(host)]);
  });

  it("opens the demo where tracefs cannot be mounted, with mount's own words", async () => {
    const host = pretendHost();
    host.files.delete("/sys/kernel/tracing/events");
    host.onRun = () => ({ code: 32, complaint: "mount: permission denied." });
    await start([], host);
    expect(host.said).toHaveLength(1);
    expect(host.said[0]).toMatch(/tracefs is not mounted \(mount: permission denied\.\); mount it/);
    expect(host.launched).toEqual([demo(host)]);
  });

  it("opens the demo for who is not root, and runs no command", async () => {
    const host = pretendHost({ uid: 1000 });
    host.programs.delete("bpftrace");
    await start([], host);
    expect(host.said).toEqual([
      "no live view: tracing needs root; run `sudo npm start`. Showing the bundled recording instead",
    ]);
    expect([host.ran, host.launched]).toEqual([[], [demo(host)]]);
  });

  it("opens the demo on demand, silently and with the options given", async () => {
    const host = pretendHost({ uid: 1000 });
    await start(["--demo", "--state", "TIME_WAIT"], host);
    expect(host.said).toEqual([]);
    expect(host.launched).toEqual([[...demo(host), "--state", "TIME_WAIT"]]);
  });

  it("opens the demo where the tracer itself finds that it cannot trace", async () => {
    const host = pretendHost({ onLaunch: (args) => (args[0] === "live" ? 4 : 0) });
    expect(await start([], host)).toBe(0);
    expect(host.launched).toEqual([["live"], demo(host)]);
  });

  it("hands on any other exit code of the dashboard", async () => {
    const host = pretendHost({ onLaunch: () => 2 });
    expect(await start(["--no-such-option"], host)).toBe(2);
    expect(host.launched).toHaveLength(1);
  });

  it("stops when a signal came during the set-up", async () => {
    const host = pretendHost({ root: makeCheckout({ "dist/bundle/main.js": null }) });
    host.onRun = () => {
      throw new Interrupted("SIGINT");
    };
    expect(await start([], host)).toBe(130);
    expect(host.launched).toEqual([]);
  });
});
