/** Ports that tell scenarios apart in one trace. */
import { randomInt } from "node:crypto";

const usedPorts = new Set<number>();

/**
 * An even number below the ephemeral ports, at random, and never twice in a process.
 *
 * Namespace inodes are not enough to tell scenarios apart: the kernel uses them again at once.
 */
export function unusedPort(): number {
  const port = 2 * randomInt(5_000, 15_000);
  if (usedPorts.has(port)) return unusedPort();
  usedPorts.add(port);
  return port;
}
