/** When the kernel will give up on a FIN that nobody acknowledges, and by which knob. */

import type { Endpoint } from "../core/endpoint.ts";
import type { Nanoseconds } from "../event/trace-event.ts";
import { fastPathRtoMs, orphanEndMs, retryEndMs } from "../explain/index.ts";

/** The end that the kernel has set itself. */
export interface GiveUp {
  /** About when; within some percent, since the kernel compares times only when its timer fires. */
  readonly at: Nanoseconds;
  /** Which sysctl decides, with its value. */
  readonly sysctl: "tcp_orphan_retries" | "tcp_retries2";
  readonly value: number;
  /** The retransmission timeout at the last re-send, doubled at each; null where unknown. */
  readonly rtoMs: number | null;
}

/**
 * The end of an endpoint whose FIN is being sent again; null for any other.
 *
 * An orphan goes by tcp_orphan_retries, a socket that a process holds by tcp_retries2. Both are
 * budgets of time and no counts (`net/ipv4/tcp_timer.c:tcp_write_timeout`).
 */
export function giveUpOf(
  endpoint: Endpoint,
  sysctls: Readonly<Record<string, string>>,
): GiveUp | null {
  const fin = endpoint.waves.find((wave) => wave.segment === "FIN" && wave.by === "local");
  const fins = endpoint.resends.filter((resend) => resend.kind.endsWith("FIN"));
  const first = fins[0];
  if (endpoint.endedAt !== null || fin?.at == null || first === undefined) return null;
  const sysctl = endpoint.orphan ? "tcp_orphan_retries" : "tcp_retries2";
  const value = Number(sysctls[`net.ipv4.${sysctl}`]);
  if (!Number.isInteger(value)) return null;
  const maximum = Number(sysctls["net.ipv4.tcp_rto_max_ms"] ?? 120_000);
  const endMs = endpoint.orphan ? orphanEndMs : retryEndMs;
  const life = endMs(value, maximum, first.rtoMs ?? fastPathRtoMs);
  return { at: fin.at + life * 1e6, sysctl, value, rtoMs: fins.at(-1)?.rtoMs ?? null };
}
