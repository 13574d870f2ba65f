/** Which package manager is taken on which system, and what it is told. */
import { describe, expect, it } from "vitest";
import { NEEDS, unmetNeeds } from "../../bin/setup/needs.js";
import {
  choosePackageManager,
  installAttempts,
  MANAGERS,
} from "../../bin/setup/package-manager.js";

const only =
  (...programs: string[]) =>
  (program: string) =>
    programs.includes(program);

describe("choosePackageManager", () => {
  it.each([
    ["ID=debian", "apt"],
    ["ID=linuxmint\nID_LIKE=ubuntu", "apt"],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"', "dnf"],
    ["ID=alpine\nVERSION_ID=3.22", "apk"],
    ["ID=manjaro\nID_LIKE=arch", "pacman"],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"', "zypper"],
  ])("takes, with all of them there, for %j %s", (osRelease, name) => {
    expect(choosePackageManager(osRelease, () => true)?.name).toBe(name);
  });

  it("takes what is there where the system is unknown", () => {
    expect(choosePackageManager("", only("apk"))?.name).toBe("apk");
  });

  it("takes none where none is there, whatever the system says", () => {
    expect(choosePackageManager("ID=debian", only())).toBeNull();
  });
});

describe("installAttempts", () => {
  const texts = (name: string, isCatalogueEmpty: boolean) => {
    const manager = MANAGERS.find((one) => one.name === name);
    if (!manager) throw new Error(name);
    return installAttempts(manager, ["bpftrace"], isCatalogueEmpty).map((commands) =>
      commands.map((command) => command.join(" ")),
    );
  };
  const aptUpdate = "apt-get -q -o DPkg::Lock::Timeout=60 update";
  const aptInstall =
    "apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=60 install bpftrace";

  it("fetches apt's lists first where there are none", () => {
    expect(texts("apt", true)).toEqual([[aptUpdate, aptInstall]]);
  });

  it("fetches apt's lists only after a failure where there are some", () => {
    expect(texts("apt", false)).toEqual([[aptInstall], [aptUpdate, aptInstall]]);
  });

  it("never refreshes an Arch host that has lists, which would be a partial upgrade", () => {
    expect(texts("pacman", false)).toEqual([["pacman -S --needed --noconfirm bpftrace"]]);
    expect(texts("pacman", true)).toEqual([
      ["pacman -Sy --noconfirm", "pacman -S --needed --noconfirm bpftrace"],
    ]);
  });

  it.each([
    ["dnf", "dnf -y --setopt=install_weak_deps=False install bpftrace"],
    ["apk", "apk add --no-cache bpftrace"],
    ["zypper", "zypper --non-interactive install --no-recommends bpftrace"],
  ])("gives %s one command without questions", (name, command) => {
    expect(texts(name, false)).toEqual([[command]]);
  });
});

describe("unmetNeeds", () => {
  it("asks for the two programs that the dashboard calls", () => {
    expect(unmetNeeds("run", only()).map((need) => need.packages.apt)).toEqual([
      "bpftrace",
      "iproute2",
    ]);
  });

  it("asks for everything when testing", () => {
    expect(unmetNeeds("test", only())).toEqual(NEEDS);
  });

  it("takes one program of several for the same duty", () => {
    const names = (found: string) =>
      unmetNeeds("test", only(found)).flatMap((need) => need.programs);
    expect(names("bpf-tcplife")).not.toContain("tcplife");
    expect(names("curl")).toContain("tcplife");
  });

  it("knows for every manager where the programs of the dashboard come from", () => {
    for (const need of unmetNeeds("run", only())) {
      expect(Object.values(need.packages)).not.toContain(null);
    }
  });
});
