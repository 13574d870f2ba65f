// @ts-check
// Reads from a host the facts that the plan goes by; changes nothing.
import { buildState, packagesState } from "./checkout-state.js";
import { unmetNeeds } from "./needs.js";
import { choosePackageManager } from "./package-manager.js";

export const TRACEFS = "/sys/kernel/tracing";

/**
 * @typedef {object} Facts
 * @property {import('./checkout-state.js').State} packages
 * @property {import('./checkout-state.js').State} build
 * @property {string} platform
 * @property {boolean} isRoot
 * @property {boolean} isInUserNamespace root here is not root of the host
 * @property {boolean} mayUseBpf
 * @property {boolean} isLockedDown the kernel lets nobody read its memory
 * @property {boolean} hasBtf
 * @property {boolean} hasTracefs mounted where we look for it
 * @property {boolean} hasTracepoint known only once tracefs is mounted
 * @property {readonly import('./needs.js').Need[]} missing
 * @property {import('./package-manager.js').Manager | null} manager
 * @property {boolean} isCatalogueEmpty
 * @property {boolean} canAsk
 */

/**
 * @param {import('./this-host.js').Host} host
 * @param {import('./needs.js').Purpose} purpose
 * @returns {Facts}
 */
export function gatherFacts(host, purpose) {
  const has = (/** @type {string} */ program) => host.find(program) !== null;
  const manager = choosePackageManager(host.read("/etc/os-release"), has);
  return {
    packages: packagesState(host.root),
    build: buildState(host.root),
    platform: host.platform,
    isRoot: host.uid === 0,
    isInUserNamespace: isPartOfIds(host.read("/proc/self/uid_map")),
    mayUseBpf: grantsBpf(host.read("/proc/self/status")),
    isLockedDown: host.read("/sys/kernel/security/lockdown").includes("[confidentiality]"),
    hasBtf: host.exists("/sys/kernel/btf/vmlinux"),
    hasTracefs: host.exists(`${TRACEFS}/events`),
    hasTracepoint: host.exists(`${TRACEFS}/events/sock/inet_sock_set_state`),
    missing: unmetNeeds(purpose, has),
    manager,
    isCatalogueEmpty: !!manager?.catalogue && !host.list(manager.catalogue).some(isPackageList),
    canAsk: host.isTerminal && !isSet(host.env.CI),
  };
}

/**
 * Whether an environment variable such as CI is switched on.
 *
 * @param {string | undefined} value
 */
export function isSet(value) {
  return value !== undefined && value !== "" && value !== "false";
}

/** apt keeps `lock` and `partial` there from the start. @param {string} name */
function isPackageList(name) {
  return name.includes("Packages") || name.endsWith(".db");
}

/**
 * The map of the initial user namespace covers every id; rootless containers have a part of them,
 * and a full set of capabilities that the kernel does not accept for BPF (user_namespaces(7)).
 *
 * @param {string} uidMap
 */
function isPartOfIds(uidMap) {
  return uidMap.trim() !== "" && uidMap.trim().split(/\s+/).join(" ") !== "0 0 4294967295";
}

const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/**
 * Before 5.8 CAP_SYS_ADMIN carried what CAP_BPF and CAP_PERFMON do now, and it still does.
 *
 * @param {string} status text of /proc/self/status; where it tells nothing, the tracer shall try
 */
function grantsBpf(status) {
  const field = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (field === undefined) return true;
  const held = BigInt(`0x${field}`);
  const has = (/** @type {bigint} */ bit) => ((held >> bit) & 1n) === 1n;
  return has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON));
}
