/** Control group trees as the engines build them. */
import { expect, test } from "vitest";
import { parseCgroup } from "../../src/host/cgroup.ts";

const ID = "0123456789abcdef".repeat(4);
const SHORT = ID.slice(0, 12);
const POD = "11111111-2222-3333-4444-555555555555";
const POD_ = POD.replaceAll("-", "_");

test.each([
  ["a service", "0::/system.slice/nginx.service", "nginx.service", null, null],
  [
    "a user's service",
    "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo@1.service",
    "app-foo@1.service",
    null,
    null,
  ],
  ["a session", "0::/user.slice/user-0.slice/session-3.scope", "session-3.scope", null, null],
  ["a sub-group", "0::/system.slice/ssh.service/worker", "ssh.service", null, null],
  ["an escaped name", "0::/system.slice/_cpu.service", "cpu.service", null, null],
  [
    "docker, systemd",
    `0::/system.slice/docker-${ID}.scope`,
    `docker-${ID}.scope`,
    `docker:${SHORT}`,
    null,
  ],
  ["docker, cgroupfs", `0::/docker/${ID}`, null, `docker:${SHORT}`, null],
  [
    "systemd in docker",
    `0::/system.slice/docker-${ID}.scope/system.slice/nginx.service`,
    "nginx.service",
    `docker:${SHORT}`,
    null,
  ],
  [
    "containerd below kubelet, systemd",
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice/cri-containerd-${ID}.scope`,
    `cri-containerd-${ID}.scope`,
    `containerd:${SHORT}`,
    POD,
  ],
  [
    "containerd below kubelet, cgroupfs",
    `0::/kubepods/besteffort/pod${POD}/${ID}`,
    null,
    `container:${SHORT}`,
    POD,
  ],
  [
    "a static pod",
    `0::/kubepods.slice/kubepods-pod${POD.replaceAll("-", "")}.slice/crio-${ID}.scope`,
    `crio-${ID}.scope`,
    `cri-o:${SHORT}`,
    POD.replaceAll("-", ""),
  ],
  [
    "containerd's colons",
    `0::/system.slice/kubepods-burstable-pod${POD_}.slice:cri-containerd:${ID}`,
    null,
    `containerd:${SHORT}`,
    POD,
  ],
  [
    "podman",
    `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`,
    "user@1000.service",
    `podman:${SHORT}`,
    null,
  ],
  [
    "lxc, version 2",
    "0::/lxc.payload.web/system.slice/cron.service",
    "cron.service",
    "lxc:web",
    null,
  ],
  ["lxc, version 1", "4:memory:/lxc/web", null, "lxc:web", null],
  ["nspawn", "0::/machine.slice/machine-web.scope", "machine-web.scope", "nspawn:web", null],
  ["no group", "0::/", null, null, null],
  ["nothing", "", null, null, null],
])("%s", (_, text, unit, container, pod) => {
  expect(parseCgroup(`${text}\n`)).toEqual({ unit, container, pod });
});

test("version 1 beside an empty version 2: the unit of the systemd tree, the container of any", () => {
  const text = [
    `12:cpu,cpuacct:/docker/${ID}`,
    "1:name=systemd:/system.slice/cron.service",
    "0::/",
    "",
  ].join("\n");
  expect(parseCgroup(text)).toEqual({
    unit: "cron.service",
    container: `docker:${SHORT}`,
    pod: null,
  });
});
