// @ts-check
// Keeps Debian packages from starting their daemons while we install them, and from enabling them.
import { unlinkSync, writeFileSync } from "node:fs";
import { SYSTEM_PATH } from "./this-host.js";

/** @typedef {import('./this-host.js').Host} Host */

/**
 * Forbid the start of some services until the returned function is called; null when that cannot be
 * had, and then their packages must not be installed.
 *
 * invoke-rc.d and deb-systemd-invoke ask `policy-rc.d` before each start and take 101 for no. A host
 * that has such a file keeps it: we only ask it. Ours names these services and nothing else, and
 * removes itself at its next use if we should die before we do.
 *
 * @param {readonly string[]} services
 * @param {Host} host
 * @returns {Promise<(() => void) | null>}
 */
export async function forbidAutostart(services, host) {
  if (services.length === 0) return () => {};
  if (host.exists(host.policyFile)) {
    for (const service of services) {
      const { code } = await host.run([host.policyFile, service, "start"], { output: "kept" });
      if (code !== 101) return null;
    }
    return () => {};
  }
  try {
    writeFileSync(host.policyFile, policyText(services, host), { flag: "wx", mode: 0o755 });
  } catch {
    return null;
  }
  return () => unlinkSync(host.policyFile);
}

/**
 * Take services out of the next boot. With a root given, systemctl works on
 * files alone, so systemd need not be running.
 *
 * @param {readonly string[]} services
 * @param {Host} host
 */
export async function disableServices(services, host) {
  const systemctl = host.find("systemctl");
  const updateRc = host.find("update-rc.d");
  const env = { ...host.env, PATH: SYSTEM_PATH.join(":") };
  for (const service of services) {
    /** @type {[string, ...string[]] | null} */
    let command = null;
    if (systemctl) command = [systemctl, "--root=/", "--quiet", "disable", `${service}.service`];
    else if (updateRc) command = [updateRc, service, "disable"];
    if (command === null) continue;
    const { code } = await host.run(command, { env, output: "kept" });
    if (code !== 0) host.say(`${service} is enabled and starts at the next boot: disable it`);
  }
}

/** @param {readonly string[]} services @param {Host} host */
function policyText(services, host) {
  const names = services.flatMap((service) => [service, `${service}.service`]).join("|");
  const startTime = host
    .read(`/proc/${process.pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ")[19];
  return `#!/bin/sh
# Written by the set-up of lastack while it installs packages, and removed by it afterwards.
now=$(sed 's/.*) //' /proc/${process.pid}/stat 2>/dev/null | cut -d ' ' -f 20)
if [ "$now" != "${startTime}" ]; then rm -f -- "$0"; exit 0; fi
for word in "$@"; do case "$word" in ${names}) exit 101 ;; esac; done
exit 0
`;
}
