// @ts-check
// Names the first thing that keeps a host from tracing and that the set-up cannot mend.

/**
 * @typedef {object} Setbacks what the set-up has tried in vain
 * @property {string} [install] why the packages are still missing
 * @property {string} [mount] why tracefs is still not mounted
 */
/** @typedef {{ why: string, next: string }} Obstacle */

/**
 * The reason why the live dashboard cannot open, and the next step; null when nothing is in the way
 * that mounting tracefs or installing packages would not remove. The most fundamental one comes
 * first: nobody should install packages for a kernel that cannot trace.
 *
 * @param {import('./gather-facts.js').Facts} facts
 * @param {Setbacks} [setbacks]
 * @returns {Obstacle | null}
 */
export function findObstacle(facts, setbacks = {}) {
  if (facts.platform !== "linux") {
    return {
      why: `tracing needs Linux, this is ${facts.platform}`,
      next: "run it on a Linux host",
    };
  }
  if (!facts.isRoot) return { why: "tracing needs root", next: "run `sudo npm start`" };
  if (facts.isInUserNamespace) {
    return {
      why: "root of this container is not the host's root, and the kernel grants it no BPF",
      next: "run on the host, or in a container that root itself started with --privileged",
    };
  }
  if (!facts.mayUseBpf) {
    return {
      why: "root has neither CAP_SYS_ADMIN nor CAP_BPF with CAP_PERFMON here",
      next: "start the container with --privileged, or run on the host",
    };
  }
  if (facts.isLockedDown) {
    return {
      why: 'kernel lockdown is at "confidentiality", so probes may read nothing',
      next: "boot with lockdown=integrity",
    };
  }
  if (!facts.hasBtf) {
    return {
      why: "the kernel brings no BTF (/sys/kernel/btf/vmlinux)",
      next: "boot a kernel built with CONFIG_DEBUG_INFO_BTF, as the distributions build theirs",
    };
  }
  if (!facts.hasTracefs && setbacks.mount) {
    return {
      why: `tracefs is not mounted (${setbacks.mount})`,
      next: "mount it on /sys/kernel/tracing, in a container with --privileged",
    };
  }
  if (facts.hasTracefs && !facts.hasTracepoint) {
    return {
      why: "the kernel has no tracepoint sock:inet_sock_set_state",
      next: "boot Linux 4.16 or newer built with CONFIG_FTRACE",
    };
  }
  return findMissing(facts, setbacks);
}

/**
 * @param {import('./gather-facts.js').Facts} facts
 * @param {Setbacks} setbacks
 * @returns {Obstacle | null}
 */
function findMissing({ missing, manager }, setbacks) {
  if (missing.length === 0) return null;
  const programs = missing.map((need) => need.programs[0]).join(" and ");
  const have = `${programs} ${missing.length === 1 ? "is" : "are"} not installed`;
  if (setbacks.install) {
    return { why: `${have} (${setbacks.install})`, next: `install ${programs}, then start again` };
  }
  const isUnknown = (/** @type {import('./needs.js').Need} */ need) =>
    manager === null || need.packages[manager.name] === null;
  return missing.some(isUnknown)
    ? {
        why: `${have} and no package manager known here brings it`,
        next: `install ${programs} by hand, then start again`,
      }
    : null;
}
