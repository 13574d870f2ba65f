/** What keeps a host from tracing, and which reason is named first. */
import { describe, expect, it } from "vitest";
import { gatherFacts } from "../../bin/setup/gather-facts.js";
import { findObstacle } from "../../bin/setup/obstacle.js";
import { type PretendHost, pretendHost } from "./pretend-host.ts";

function obstacleOf(change: (host: PretendHost) => void): string {
  const host = pretendHost();
  change(host);
  return findObstacle(gatherFacts(host, "run"))?.why ?? "none";
}

describe("findObstacle", () => {
  it("finds none on a host that can trace", () => {
    expect(obstacleOf(() => {})).toBe("none");
  });

  it.each<[string, (host: PretendHost) => void, RegExp]>([
    ["another system", (host) => (host.platform = "darwin"), /needs Linux, this is darwin/],
    ["no root", (host) => (host.uid = 1000), /needs root/],
    [
      "a rootless container",
      (host) => host.files.set("/proc/self/uid_map", "0 100000 65536\n"),
      /root of this container is not the host's/,
    ],
    [
      "a container's reduced capabilities",
      (host) => host.files.set("/proc/self/status", "CapEff:\t00000000a80425fb\n"),
      /neither CAP_SYS_ADMIN nor CAP_BPF/,
    ],
    [
      "CAP_BPF without CAP_PERFMON",
      (host) => host.files.set("/proc/self/status", "CapEff:\t0000008000000000\n"),
      /neither CAP_SYS_ADMIN nor CAP_BPF/,
    ],
    [
      "lockdown",
      (host) => host.files.set("/sys/kernel/security/lockdown", "none [confidentiality]"),
      /lockdown/,
    ],
    ["no BTF", (host) => host.files.delete("/sys/kernel/btf/vmlinux"), /no BTF/],
    [
      "no tracepoint",
      (host) => host.files.delete("/sys/kernel/tracing/events/sock/inet_sock_set_state"),
      /no tracepoint sock:inet_sock_set_state/,
    ],
    [
      "no way to install",
      (host) => {
        host.programs.delete("bpftrace");
        host.programs.delete("apt-get");
      },
      /^bpftrace is not installed and no package manager known here brings it/,
    ],
  ])("names %s", (_, change, why) => {
    expect(obstacleOf(change)).toMatch(why);
  });

  it.each([
    ["CAP_SYS_ADMIN alone", "0000000000200000"],
    ["CAP_BPF with CAP_PERFMON", "000000c000000000"],
  ])("is content with %s", (_, held) => {
    expect(obstacleOf((host) => host.files.set("/proc/self/status", `CapEff:\t${held}\n`))).toBe(
      "none",
    );
  });

  it("names the kernel before the packages, which would then be installed for nothing", () => {
    const why = obstacleOf((host) => {
      host.programs.clear();
      host.files.delete("/sys/kernel/btf/vmlinux");
    });
    expect(why).toMatch(/no BTF/);
  });

  it("leaves to the set-up what it can mend", () => {
    const why = obstacleOf((host) => {
      host.programs.delete("bpftrace");
      host.files.delete("/sys/kernel/tracing/events");
      host.files.delete("/sys/kernel/tracing/events/sock/inet_sock_set_state");
    });
    expect(why).toBe("none");
  });
});
