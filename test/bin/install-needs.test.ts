/** How packages are installed when some are unknown or bring a daemon. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { gatherFacts } from "../../bin/setup/gather-facts.js";
import { installNeeds } from "../../bin/setup/install-needs.js";
import { NEEDS } from "../../bin/setup/needs.js";
import { planTest } from "../../bin/setup/plan.js";
import { type PretendHost, pretendHost } from "./pretend-host.ts";

/** Install what the tests need on this host, and return why that failed, if it did. */
async function install(host: PretendHost): Promise<string | null> {
  const step = planTest(gatherFacts(host, "test"), { saidYes: true }).at(-1);
  if (step?.kind !== "install") throw new Error("nothing to install");
  return installNeeds(step, host);
}

/** A host that lacks only the named programs, and whose package manager brings them. */
function lacking(programs: Record<string, string>): PretendHost {
  const host = pretendHost();
  for (const { programs: known } of NEEDS) {
    const [one] = known;
    if (one !== undefined && !(one in programs)) host.programs.add(one);
  }
  host.onRun = (line) => {
    for (const [program, name] of Object.entries(programs)) {
      if (line.split(" ").includes(name)) host.programs.add(program);
    }
    return 0;
  };
  return host;
}

function policyFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "lastack-policy-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "policy-rc.d");
}

describe("installNeeds", () => {
  it("lets one unknown package cost only itself", async () => {
    const host = lacking({ nft: "nftables", tcplife: "libbpf-tools" });
    host.onRun = (line) => (line.includes("libbpf-tools") ? 100 : 0);
    expect(await install(host)).toBe("apt-get could not install libbpf-tools");
    expect(host.ran.map((line) => line.replace(/ -.*(install|update)/, " $1"))).toEqual([
      "apt-get install nftables libbpf-tools",
      "apt-get update",
      "apt-get install nftables libbpf-tools",
      "apt-get install nftables",
      "apt-get install libbpf-tools",
    ]);
  });

  it("asks apt for no questions, and keeps user-writable directories out of its PATH", async () => {
    const host = lacking({ curl: "curl" });
    host.env = { PATH: "/home/ann/lastack/node_modules/.bin:/usr/bin", https_proxy: "proxy" };
    expect(await install(host)).toBeNull();
    expect(host.environments[0]).toMatchObject({
      DEBIAN_FRONTEND: "noninteractive",
      NEEDRESTART_SUSPEND: "1",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      https_proxy: "proxy",
    });
  });

  it("forbids daemons their start while apt runs, then takes them out of the next boot", async () => {
    const host = lacking({ nginx: "nginx-light", "redis-server": "redis-server" });
    host.policyFile = policyFile();
    const bring = host.onRun;
    const wasForbidden: boolean[] = [];
    host.onRun = (line) => {
      wasForbidden.push(existsSync(host.policyFile));
      return bring(line);
    };
    expect(await install(host)).toBeNull();
    expect(host.ran.slice(1)).toEqual([
      "systemctl --root=/ --quiet disable nginx.service",
      "systemctl --root=/ --quiet disable redis-server.service",
    ]);
    expect(wasForbidden).toEqual([true, false, false]);
  });

  it("removes its policy, and disables nothing, when apt fails", async () => {
    const host = lacking({ nginx: "nginx-light" });
    host.policyFile = policyFile();
    host.onRun = () => 100;
    expect(await install(host)).toBe("apt-get could not install nginx-light");
    expect(existsSync(host.policyFile)).toBe(false);
    expect(host.ran.filter((line) => line.startsWith("systemctl"))).toEqual([]);
  });

  it("leaves a host's own policy as it is where it forbids the start", async () => {
    const host = lacking({ nginx: "nginx-light" });
    host.files.set(host.policyFile, "the host's");
    const bring = host.onRun;
    host.onRun = (line) => (line === "policy-rc.d nginx start" ? 101 : bring(line));
    expect(await install(host)).toBeNull();
    expect(host.programs).toContain("nginx");
  });

  it("leaves daemons out, and says so, where the host's own policy would start them", async () => {
    const host = lacking({ nginx: "nginx-light", curl: "curl" });
    host.files.set(host.policyFile, "the host's");
    expect(await install(host)).toBeNull();
    expect(host.said.at(-1)).toBe("left out nginx: it would start at once here");
    expect(host.programs).not.toContain("nginx");
    expect(host.programs).toContain("curl");
  });

  it("never overwrites a policy that comes up meanwhile", async () => {
    const host = lacking({ nginx: "nginx-light" });
    host.policyFile = policyFile();
    writeFileSync(host.policyFile, "another's");
    expect(await install(host)).toBeNull();
    expect(host.ran).toEqual([]);
    expect(existsSync(host.policyFile)).toBe(true);
  });

  it("needs no policy where packages start no daemons", async () => {
    const host = lacking({ nginx: "nginx" });
    host.files.set("/etc/os-release", "ID=alpine\n");
    host.programs.delete("apt-get");
    host.programs.add("apk");
    expect(await install(host)).toBeNull();
    expect(host.ran).toEqual(["apk add --no-cache nginx"]);
  });
});
