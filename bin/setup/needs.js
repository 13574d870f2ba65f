// @ts-check
// The programs lastack and its tests call, what each is for, and the package that brings it.

/** @typedef {'apt' | 'dnf' | 'apk' | 'pacman' | 'zypper'} ManagerName */
/** @typedef {'run' | 'test'} Purpose */
/**
 * @typedef {object} Need
 * @property {readonly string[]} programs any one of them will do
 * @property {string} duty what it does for us, for the question asked before installing it
 * @property {Purpose} purpose
 * @property {Readonly<Record<ManagerName, string | null>>} packages null: no package known there
 * @property {string} [service] the daemon its package would start and enable on Debian
 */

/** @param {string} name @returns {Record<ManagerName, string>} */
const everywhere = (name) => ({ apt: name, dnf: name, apk: name, pacman: name, zypper: name });

/** @type {readonly Need[]} */
export const NEEDS = [
  {
    programs: ["bpftrace"],
    duty: "runs the probes",
    purpose: "run",
    packages: everywhere("bpftrace"),
  },
  {
    programs: ["ss"],
    duty: "reads the socket table",
    purpose: "run",
    packages: { ...everywhere("iproute2"), dnf: "iproute" },
  },
  {
    programs: ["nft"],
    duty: "drops chosen segments",
    purpose: "test",
    packages: everywhere("nftables"),
  },
  {
    programs: ["tmux"],
    duty: "is the terminal the dashboard is tried in",
    purpose: "test",
    packages: everywhere("tmux"),
  },
  {
    programs: ["curl"],
    duty: "is a client",
    purpose: "test",
    packages: everywhere("curl"),
  },
  {
    programs: ["tcpdump"],
    duty: "sees the segments themselves",
    purpose: "test",
    packages: everywhere("tcpdump"),
  },
  {
    programs: ["python3"],
    duty: "plays both ends of a connection",
    purpose: "test",
    packages: { ...everywhere("python3"), pacman: "python" },
  },
  {
    programs: ["sysctl"],
    duty: "sets the kernel's patience",
    purpose: "test",
    packages: { ...everywhere("procps"), dnf: "procps-ng", pacman: "procps-ng" },
  },
  {
    programs: ["tcplife", "bpf-tcplife"],
    duty: "is the second opinion on each teardown",
    purpose: "test",
    packages: { ...everywhere("libbpf-tools"), apk: null, pacman: null, zypper: null },
  },
  {
    programs: ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"],
    duty: "opens the HTML report, and Mermaid's parser",
    purpose: "test",
    packages: { ...everywhere("chromium"), apt: "chromium-headless-shell" },
  },
  {
    programs: ["nginx"],
    duty: "is a server",
    purpose: "test",
    packages: { ...everywhere("nginx"), apt: "nginx-light" },
    service: "nginx",
  },
  {
    programs: ["redis-server"],
    duty: "is a server",
    purpose: "test",
    packages: { ...everywhere("redis"), apt: "redis-server" },
    service: "redis-server",
  },
];

/**
 * The needs that this host does not meet: for `run` only what the program itself calls.
 *
 * @param {Purpose} purpose
 * @param {(program: string) => boolean} hasProgram
 * @returns {Need[]}
 */
export function unmetNeeds(purpose, hasProgram) {
  return NEEDS.filter(
    (need) =>
      (need.purpose === "run" || purpose === "test") &&
      !need.programs.some((one) => hasProgram(one)),
  );
}
