/** Which npm is run, as whom, and with which environment. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkoutOwner, npmCommand, npmEnvironment } from "../../bin/setup/npm-command.js";
import { perform } from "../../bin/setup/perform.js";
import { type PretendHost, pretendHost } from "./pretend-host.ts";

function underSudo(change: (host: PretendHost) => void = () => {}): PretendHost {
  const host = pretendHost({ env: { SUDO_UID: "1000", SUDO_GID: "1001", HOME: "/root" } });
  host.owners.set(host.root, 1000);
  change(host);
  return host;
}

describe("npmCommand", () => {
  it("takes the npm that started us, with our own Node.js", () => {
    const host = pretendHost({ env: { npm_execpath: "/opt/npm/bin/npm-cli.js" } });
    host.files.set("/opt/npm/bin/npm-cli.js", "");
    expect(npmCommand(host)).toEqual(["/opt/node/bin/node", "/opt/npm/bin/npm-cli.js"]);
  });

  it("does not take another manager that started us", () => {
    const host = pretendHost({ env: { npm_execpath: "/opt/pnpm/bin/pnpm.cjs" } });
    host.files.set("/opt/pnpm/bin/pnpm.cjs", "").set("/opt/node/bin/npm", "");
    expect(npmCommand(host)).toEqual(["/opt/node/bin/node", "/opt/node/bin/npm"]);
  });

  it("says what is missing where there is none", async () => {
    const host = pretendHost({ programs: new Set() });
    expect(await perform({ kind: "npm-ci" }, host)).toMatch(/^npm was not found .* install npm$/);
  });
});

describe("checkoutOwner", () => {
  it("is the user behind sudo whose checkout it is", () => {
    const ann = { uid: 1000, gid: 1001, name: "ann", home: "/home/ann" };
    expect(checkoutOwner(underSudo())).toEqual(ann);
  });

  it.each<[string, (host: PretendHost) => void]>([
    ["the checkout is another's", (host) => host.owners.set(host.root, 1002)],
    [
      "an earlier install as root would stand in the way",
      (host) => host.owners.set(join(host.root, "node_modules"), 0),
    ],
    ["the build is root's", (host) => host.owners.set(join(host.root, "dist"), 0)],
    ["there was no sudo", (host) => (host.env = {})],
    ["we are not root", (host) => (host.uid = 1000)],
    ["sudo was called by root", (host) => (host.env.SUDO_UID = "0")],
    ["the user has no home we know", (host) => host.files.delete("/etc/passwd")],
  ])("is nobody else when %s", (_, change) => {
    expect(checkoutOwner(underSudo(change))).toBeNull();
  });

  it("is whom npm is run as", async () => {
    const host = underSudo();
    expect(await perform({ kind: "npm-ci" }, host)).toBeNull();
    expect(host.ran).toEqual(["node /usr/bin/npm ci --include=dev as 1000"]);
    expect(host.environments[0]?.HOME).toBe("/home/ann");
  });
});

describe("npmEnvironment", () => {
  it("leaves out what points into root's home, and keeps the rest", () => {
    const env = { npm_config_cache: "/root/.npm", npm_config_registry: "mirror", HOME: "/root" };
    const host = pretendHost({ env });
    const ann = { uid: 1000, gid: 1001, name: "ann", home: "/home/ann" };
    expect(npmEnvironment(host, ann)).toEqual({
      npm_config_registry: "mirror",
      npm_config_update_notifier: "false",
      HOME: "/home/ann",
      USER: "ann",
      LOGNAME: "ann",
      PATH: "/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    });
    expect(npmEnvironment(host, null)).toMatchObject(env);
  });
});
