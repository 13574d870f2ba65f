// @ts-check
// Captures `test/recordings/demo.ndjson` from the real kernel while a small scripted shop runs (root).
//
// Two network namespaces: the recorded host, and its visitors at the other end of a veth pair.
// Usage: node bench/demo/make.js [OUT]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { HOST, jobs, LENGTH, LOSSES, SERVICES, VISITOR_V6, VISITORS, visits } from "./plan.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = process.argv[2] ?? join(ROOT, "test/recordings/demo.ndjson");
const NAMES = { host: `lt-${process.pid}-host`, wire: `lt-${process.pid}-wire` };

/** @param {string[]} words */
const ip = (...words) => execFileSync("ip", words);
/** @param {string} netns @param {string[]} words */
const inside = (netns, ...words) => ip("netns", "exec", netns, ...words);

/** @type {import("node:child_process").ChildProcess[]} */
const running = [];
const home = mkdtempSync(join(tmpdir(), "shop-"));

/** Start one process of the shop under its own name. @param {string} netns @param {string} name @param {string[]} args */
async function start(netns, name, ...args) {
  const program = join(home, name);
  copyFileSync(new URL("service.py", import.meta.url), program);
  execFileSync("chmod", ["755", program]);
  const child = spawn("ip", ["netns", "exec", netns, program, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  running.push(child);
  await once(/** @type {import("node:stream").Readable} */ (child.stdout), "data");
  return child;
}

function network() {
  for (const name of Object.values(NAMES)) {
    ip("netns", "add", name);
    ip("-n", name, "link", "set", "lo", "up");
  }
  ip(
    "-n",
    NAMES.host,
    "link",
    "add",
    "eth0",
    "type",
    "veth",
    "peer",
    "name",
    "eth0",
    "netns",
    NAMES.wire,
  );
  /** @param {string} netns @param {string[]} addresses */
  const address = (netns, addresses) => {
    for (const each of addresses) {
      const length = each.includes(":") ? "/64" : "/24";
      const nodad = each.includes(":") ? ["nodad"] : [];
      ip("-n", netns, "addr", "add", each + length, "dev", "eth0", ...nodad);
    }
    ip("-n", netns, "link", "set", "eth0", "up");
  };
  address(NAMES.host, [HOST.v4, HOST.v6]);
  address(NAMES.wire, [...VISITORS, VISITOR_V6]);
  // Some 13 s of re-sends instead of two minutes, so that the story has an end; see the header.
  inside(NAMES.host, "sysctl", "-qw", "net.ipv4.tcp_orphan_retries=4");
}

/** Lose the FINs towards some visitors, each in its own time. */
async function lose() {
  /** @param {string} script */
  const nft = (script) =>
    execFileSync("ip", ["netns", "exec", NAMES.wire, "nft", "-f", "-"], { input: script });
  await Promise.all(
    LOSSES.map(async ({ to, from, until }, i) => {
      await sleep(from * 1000);
      const rule = `ip daddr ${to} tcp flags & fin == fin drop`;
      const hook = 'type filter hook ingress device "eth0" priority 0;';
      nft(`table netdev loss${i} {\n chain c {\n ${hook}\n ${rule}\n }\n}\n`);
      await sleep((until - from) * 1000);
      nft(`delete table netdev loss${i}\n`);
    }),
  );
}

/** Record the host's namespace; resolves with the child once tracing has begun. @param {string} file */
async function record(file) {
  const inode = statSync(`/run/netns/${NAMES.host}`).ino;
  const main = `import { main } from ${JSON.stringify(join(ROOT, "dist/cli/main.js"))}; process.exitCode = await main(process.argv.slice(1));`;
  const args = [
    "--input-type=module",
    "-e",
    main,
    "--",
    "record",
    "-o",
    file,
    "--netns",
    String(inode),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  running.push(child);
  for await (const line of /** @type {import("node:stream").Readable} */ (child.stderr)) {
    process.stderr.write(line);
    if (String(line).includes("tracing")) break;
  }
  return child;
}

/**
 * Keep of holders and processes those of the shop: the scan of descriptors sees the whole host,
 * and nobody else's names and command lines belong into the repository. No probe record is touched.
 *
 * @param {string} file @param {ReadonlySet<number>} pids
 */
function keepShop(file, pids) {
  const lines = readFileSync(file, "utf8").split("\n");
  const kept = lines.filter((line) => {
    if (line === "") return true;
    const { type, pid } = JSON.parse(line);
    return (type !== "owner" && type !== "process") || pids.has(pid);
  });
  writeFileSync(OUT, kept.join("\n"));
  process.stderr.write(`${OUT}: ${kept.length} lines, ${statSync(OUT).size} bytes\n`);
}

async function main() {
  network();
  const pids = new Set();
  for (const [name, port, habit] of SERVICES) {
    const child = await start(NAMES.host, String(name), String(port), String(habit));
    pids.add(child.pid);
  }
  const plans = { visits: join(home, "visits.json"), jobs: join(home, "jobs.json") };
  writeFileSync(plans.visits, JSON.stringify(visits()));
  writeFileSync(plans.jobs, JSON.stringify(jobs()));
  const outside = await start(NAMES.wire, "visitors", plans.visits);
  const job = await start(NAMES.host, "nightly-job", plans.jobs);
  pids.add(job.pid);
  mkdirSync(home, { recursive: true });
  const file = join(home, "raw.ndjson");
  const recorder = await record(file);
  outside.stdin?.write("go\n");
  job.stdin?.write("go\n");
  await Promise.all([lose(), sleep(LENGTH * 1000)]);
  const ended = once(recorder, "exit");
  recorder.kill("SIGINT");
  await ended;
  keepShop(file, pids);
}

try {
  await main();
} finally {
  for (const child of running) child.kill("SIGKILL");
  for (const name of Object.values(NAMES)) {
    try {
      ip("netns", "del", name);
    } catch {
      // It was never made.
    }
  }
  rmSync(home, { recursive: true, force: true });
}
