/** The policy file as Debian's tools call it: by a shell, with a service and an action. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { forbidAutostart } from "../../bin/setup/forbid-autostart.js";
import { pretendHost } from "./pretend-host.ts";

async function makePolicy(): Promise<{ path: string; release: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), "lastack-policy-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "policy-rc.d");
  const host = pretendHost({ policyFile: path });
  host.read = (file) => readFileSync(file, "utf8");
  const release = await forbidAutostart(["nginx", "redis-server"], host);
  if (release === null) throw new Error("no policy was written");
  return { path, release };
}

const ask = (path: string, ...args: string[]) => spawnSync("/bin/sh", [path, ...args]).status;

it("denies the services it was made for, under either name, and nothing else", async () => {
  const { path } = await makePolicy();
  expect(ask(path, "--quiet", "nginx", "start", "5")).toBe(101);
  expect(ask(path, "redis-server.service", "start")).toBe(101);
  expect(ask(path, "ssh", "restart", "5")).toBe(0);
});

it("is gone once released", async () => {
  const { path, release } = await makePolicy();
  release();
  expect(existsSync(path)).toBe(false);
});

it("allows all and removes itself when its maker is gone", async () => {
  const { path } = await makePolicy();
  const ended = spawnSync("/bin/sh", ["-c", "echo $$"]).stdout.toString().trim();
  writeFileSync(path, readFileSync(path, "utf8").replace(/\/proc\/\d+\//, `/proc/${ended}/`));
  expect(ask(path, "nginx", "start")).toBe(0);
  expect(existsSync(path)).toBe(false);
});

it("is no longer its maker's when another process has that pid", async () => {
  const { path } = await makePolicy();
  writeFileSync(path, readFileSync(path, "utf8").replace(/\/proc\/\d+\//, "/proc/1/"));
  expect(ask(path, "nginx", "start")).toBe(0);
  expect(existsSync(path)).toBe(false);
});
