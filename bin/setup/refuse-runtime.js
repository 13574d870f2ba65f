// @ts-check
// Says why this Node.js must not run the program; written for runtimes too old to know more.

const MINIMUM = [20, 11, 1];

/**
 * The reason not to start under this runtime, or null.
 *
 * Before 20.11.1 io_uring kept root's rights after a change of user (CVE-2024-22017), and recordings
 * are created as the user behind sudo. libuv reads `UV_USE_IO_URING` before any script runs, so a
 * set one can only be refused; one that is off is removed, and no child inherits it.
 *
 * @param {string} version as in `process.versions.node`
 * @param {Record<string, string | undefined>} env changed in place: `UV_USE_IO_URING` is removed
 * @returns {string | null}
 */
export function refuseRuntime(version, env) {
  if (isOlder(version.split(".").map(Number))) {
    return `Node.js ${version} is too old (${MINIMUM.join(".")} or newer is needed): install a newer one, then start again`;
  }
  const ring = env.UV_USE_IO_URING;
  if (
    ring !== undefined &&
    Number.parseInt(ring, 10) !== 0 &&
    !Number.isNaN(Number.parseInt(ring, 10))
  ) {
    return "UV_USE_IO_URING is set, and files opened through io_uring can ignore a change of user: start again with `env -u UV_USE_IO_URING`";
  }
  delete env.UV_USE_IO_URING;
  return null;
}

/** @param {number[]} parts */
function isOlder(parts) {
  for (let i = 0; i < MINIMUM.length; i += 1) {
    const have = parts[i] || 0;
    const need = MINIMUM[i] || 0;
    if (have !== need) return have < need;
  }
  return false;
}
