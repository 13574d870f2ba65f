/** A machine made of data for the set-up to run on: it records every command and executes none. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Outcome, RunOptions } from "../../bin/setup/run-command.js";
import type { Host } from "../../bin/setup/this-host.js";

/** A Debian host as its root sees it, able to trace, with everything that runs the dashboard. */
export const TRACEABLE = {
  "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1001:Ann:/home/ann:/bin/bash\n",
  "/proc/self/uid_map": "         0          0 4294967295\n",
  "/proc/self/status": "Name:\tnode\nCapEff:\t000001ffffffffff\n",
  "/sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
  "/sys/kernel/btf/vmlinux": "",
  "/sys/kernel/tracing/events": "",
  "/sys/kernel/tracing/events/sock/inet_sock_set_state": "",
  "/var/lib/apt/lists/mirror_dists_bookworm_main_binary-amd64_Packages": "",
};

/** The programs of that host. */
export const PROGRAMS = ["apt-get", "mount", "bpftrace", "ss", "systemctl", "npm"];

/** A host whose parts a test may change before and, in `onRun`, during the set-up. */
export interface PretendHost extends Host {
  files: Map<string, string>;
  programs: Set<string>;
  owners: Map<string, number>;
  said: string[];
  printed: string;
  asked: string[];
  launched: string[][];
  /** Each command as one line, the program without its directory, with the uid if not our own. */
  ran: string[];
  environments: NodeJS.ProcessEnv[];
  answer: boolean;
  /** Decides how a command ends, and may change the host as the command would. */
  onRun: (line: string) => number | Outcome;
  /** Decides the exit code of the launched program. */
  onLaunch: (args: readonly string[]) => number;
}

/** Make such a host, with an empty checkout behind it that is ready to run. */
export function pretendHost(changes: Partial<PretendHost> = {}): PretendHost {
  const host: PretendHost = {
    root: makeCheckout(),
    node: "/opt/node/bin/node",
    env: {},
    platform: "linux",
    uid: 0,
    isTerminal: true,
    policyFile: "/nowhere/policy-rc.d",
    files: new Map(Object.entries(TRACEABLE)),
    programs: new Set(PROGRAMS),
    owners: new Map(),
    said: [],
    printed: "",
    asked: [],
    launched: [],
    ran: [],
    environments: [],
    answer: true,
    onRun: () => 0,
    onLaunch: () => 0,
    read: (path) => host.files.get(path) ?? "",
    exists: (path) => host.files.has(path),
    list: (path) =>
      [...host.files.keys()]
        .filter((file) => dirname(file) === path)
        .map((file) => file.slice(path.length + 1)),
    ownerOf: (path) => host.owners.get(path) ?? null,
    find: (program) => (host.programs.has(program) ? `/usr/bin/${program}` : null),
    say: (line) => host.said.push(line),
    print: (text) => {
      host.printed += text;
    },
    ask: (question) => {
      host.asked.push(question);
      return host.answer;
    },
    run: async ([program, ...args]: readonly [string, ...string[]], options: RunOptions = {}) => {
      const line = [program.replace(/^.*\//, ""), ...args].join(" ");
      host.ran.push(options.as ? `${line} as ${options.as.uid}` : line);
      host.environments.push(options.env ?? {});
      const outcome = host.onRun(line);
      return typeof outcome === "number" ? { code: outcome, complaint: "" } : outcome;
    },
    launch: async (args) => {
      host.launched.push([...args]);
      return host.onLaunch(args);
    },
    ...changes,
  };
  return host;
}

/** Make a checkout whose files changed at the given seconds; a file without one is not there. */
export function makeCheckout(changedAt: Record<string, number | null> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "lastack-checkout-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const all: Record<string, number | null> = {
    "package-lock.json": 100,
    "tsconfig.json": 100,
    "src/cli/main.ts": 100,
    "node_modules/.package-lock.json": 200,
    "dist/bundle/main.js": 200,
    ...changedAt,
  };
  for (const [name, seconds] of Object.entries(all)) {
    if (seconds === null) continue;
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
    utimesSync(path, seconds, seconds);
  }
  return root;
}
