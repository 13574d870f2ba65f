/** How long Linux really tries before it gives a connection up, as numbers. */

/** `TCP_RTO_MIN`: the RTO that the kernel's budget assumes, whatever the path's own RTO is. */
const modelRtoMs = 200;

/** `TCP_RTO_MAX_MS`: the longest RTO where `tcp_rto_max_ms` is absent or untouched. */
export const defaultRtoMaxMs = 120_000;

/** What `tcp_rto_max_ms` accepts; a value from a damaged recording must not stop the arithmetic. */
function rtoMaxWithinRange(rtoMaxMs: number): number {
  return Number.isFinite(rtoMaxMs) ? Math.min(120_000, Math.max(1_000, rtoMaxMs)) : defaultRtoMaxMs;
}

/** What one byte of sysctl holds. */
function triesWithinRange(n: number): number {
  return Number.isFinite(n) ? Math.min(255, Math.max(0, Math.trunc(n))) : 0;
}

/** The RTO of a path of well under a millisecond: 200 ms and the rounding of the timer. */
export const fastPathRtoMs = 208;

/**
 * The time for which unacknowledged segments are re-sent when a sysctl says `n` "retries".
 *
 * The kernel does not count re-sends. It compares the time since the first RTO re-send with what
 * `n` doublings of 200 ms would take: `((2 << n) - 1) * 200 ms`, and one longest RTO for each `n`
 * beyond the point where doubling stops (9 at the default of 120 s).
 * Source: `net/ipv4/tcp_timer.c:tcp_model_timeout`. Milliseconds; `n` is held to 0..255 and
 * `rtoMaxMs` to 1000..120000, as in the kernel.
 */
export function retryBudgetMs(
  n: number,
  rtoMaxMs: number = defaultRtoMaxMs,
  rtoBaseMs: number = modelRtoMs,
): number {
  const tries = triesWithinRange(n);
  const longest = rtoMaxWithinRange(rtoMaxMs);
  const doubled = Math.min(tries, Math.floor(Math.log2(longest / rtoBaseMs)));
  return (2 ** (doubled + 1) - 1) * rtoBaseMs + (tries - doubled) * longest;
}

/**
 * When a connection ends whose segments nobody acknowledges, counted from the first sending.
 *
 * The end comes at the first RTO at or beyond the budget, so it depends on the path's own RTO;
 * the tail loss probe delays the first RTO by about one more. Within 3 % of all runs measured on
 * 6.18. Source: `net/ipv4/tcp_timer.c:retransmits_timed_out`. Milliseconds.
 */
export function retryEndMs(
  n: number,
  rtoMaxMs: number = defaultRtoMaxMs,
  rtoMs: number = fastPathRtoMs,
): number {
  return firstRtoBeyond(() => retryBudgetMs(n, rtoMaxMs), rtoMaxMs, rtoMs);
}

/**
 * The same for an orphan under `tcp_orphan_retries`.
 *
 * There 0 means 8, but only while the RTO is below its maximum; once the RTO has reached it, 0
 * means 0 and the orphan ends at once. With a small `tcp_rto_max_ms` that comes first: 2.7 s
 * measured at 1000 ms. Source: `net/ipv4/tcp_timer.c:tcp_orphan_retries`. Milliseconds.
 */
export function orphanEndMs(
  n: number,
  rtoMaxMs: number = defaultRtoMaxMs,
  rtoMs: number = fastPathRtoMs,
): number {
  const longest = rtoMaxWithinRange(rtoMaxMs);
  const budget = (rto: number) => retryBudgetMs(n === 0 && rto < longest ? 8 : n, longest);
  return firstRtoBeyond(budget, longest, rtoMs);
}

function firstRtoBeyond(
  budgetMs: (rtoMs: number) => number,
  rtoMaxMs: number,
  rtoMs: number,
): number {
  const longest = rtoMaxWithinRange(rtoMaxMs);
  let rto = Math.min(Math.max(1, rtoMs), longest);
  const firstRtoAt = 2 * rto;
  let elapsed = 0;
  do {
    rto = Math.min(rto * 2, longest);
    elapsed += rto;
  } while (elapsed < budgetMs(rto));
  return firstRtoAt + elapsed;
}

/**
 * When `connect()` gives up because no SYN was answered.
 *
 * The first RTO is 1 s and repeats `linear` times before it doubles. The attempt ends when both
 * kinds of re-send are used up, or at the first RTO beyond the budget of `n` doublings of 1 s,
 * whichever comes first; so 4 linear timeouts turn 127 s into 131 s and 7 s into 7 s (measured).
 * Source: `net/ipv4/tcp_timer.c:tcp_write_timeout`. Milliseconds.
 */
export function synEndMs(n: number, linear = 0, rtoMaxMs: number = defaultRtoMaxMs): number {
  const budget = retryBudgetMs(n, rtoMaxMs, 1000);
  const resends = triesWithinRange(n) + triesWithinRange(linear);
  let rto = 1000;
  let elapsed = rto;
  for (let resent = 0; resent < resends && elapsed < budget; resent++) {
    if (resent >= linear) rto = Math.min(rto * 2, rtoMaxWithinRange(rtoMaxMs));
    elapsed += rto;
  }
  return elapsed;
}

/**
 * How long an orphan waits in FIN_WAIT2 under `tcp_fin_timeout`.
 *
 * Up to 60 s it waits that long as a mini-socket. Above, a full socket waits the part beyond 60 s
 * and the mini-socket that follows waits the same part again, so 65 s give 10 s. A floor of 3.5
 * RTO applies. Source: `net/ipv4/tcp_input.c:tcp_rcv_state_process`,
 * `net/ipv4/tcp_timer.c:tcp_keepalive_timer`, `tcp_fin_time`. Milliseconds.
 */
export function finWait2LifeMs(finTimeoutSeconds: number, rtoMs: number = fastPathRtoMs): number {
  const waitMs = Math.max(finTimeoutSeconds * 1000, 3.5 * rtoMs);
  return waitMs <= 60_000 ? waitMs : 2 * (waitMs - 60_000);
}
