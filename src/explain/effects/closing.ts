/** The effects of the sysctls that govern the end of a connection. */
import { defaultRtoMaxMs, finWait2LifeMs, orphanEndMs, retryBudgetMs } from "../retry-budget.ts";
import { inSeconds, numberOr, wholeNumbers } from "../sysctl-value.ts";
import { choice, type Effects, one } from "./effect.ts";

const heldWaits = "A socket that a process holds waits without limit. TIME_WAIT stays at 60 s.";

const mebibytes = (pages: number) => `${Math.round(pages / 256)} MiB`;

export const closingEffects: Effects = {
  tcp_fin_timeout: one((seconds) => {
    const life = inSeconds(finWait2LifeMs(seconds));
    const way = "An orphan waits in FIN_WAIT2 for";
    if (seconds <= 60) return `${way} ${life}, as a mini-socket. ${heldWaits}`;
    const half = inSeconds((seconds - 60) * 1000);
    return (
      `${way} ${life}, which is 2*(T-60): a full socket for ${half}, then a mini-socket for ` +
      `${half}. ${heldWaits}`
    );
  }),
  tcp_max_tw_buckets: one((room) =>
    room === 0
      ? "No mini-socket is ever made: connections are forgotten at once, without TIME_WAIT."
      : `Room for ${room} mini-sockets, TIME_WAIT and FIN_WAIT2 together. When it is full the ` +
        "next one is not made; those there stay. No RST, no log line.",
  ),
  tcp_tw_reuse: one((mode, others) => {
    const age = inSeconds(numberOr(others, "tcp_tw_reuse_delay", 1000));
    const rule =
      `connect() may take over the same four-tuple after ${age} of TIME_WAIT, if both sides ` +
      "used timestamps";
    if (mode === 0) return "connect() takes over no TIME_WAIT when the kernel chooses the port.";
    if (mode === 1) return `${rule}. It changes nothing for a server.`;
    if (mode === 2) return `On loopback only, ${rule}. Elsewhere no TIME_WAIT is taken over.`;
    return undefined;
  }),
  tcp_tw_reuse_delay: one(
    (ms) => `Where tcp_tw_reuse allows it, a TIME_WAIT can be taken over after ${inSeconds(ms)}.`,
  ),
  tcp_tw_recycle: choice(
    "An old kernel that still has it. It is off; leave it off.",
    "Harmful: SYNs of clients behind one address are dropped at random. Removed in Linux 4.12.",
  ),
  tcp_rfc1337: choice(
    "A RST ends TIME_WAIT at once and silently.",
    "A RST does not end TIME_WAIT. It still ends a mini-socket in FIN_WAIT2.",
  ),
  tcp_orphan_retries: one((n, others) => {
    const longest = numberOr(others, "tcp_rto_max_ms", defaultRtoMaxMs);
    const end = inSeconds(orphanEndMs(n, longest));
    const budget = inSeconds(retryBudgetMs(n === 0 ? 8 : n, longest));
    const stop = n === 0 && longest < defaultRtoMaxMs ? ", or until the RTO is at its longest" : "";
    return (
      `${n === 0 ? "0 means 8. " : ""}An orphan's data and FIN are re-sent for ${budget}${stop}; ` +
      `it ends at the next RTO, on a fast network after about ${end}. It is a time, not a count.`
    );
  }),
  tcp_max_orphans: one(
    (limit) =>
      `At close() up to ${limit} orphans on the whole host; at a re-send it may bite from ` +
      `${Math.floor(limit / 4)} on. Above it orphans are ended with a RST.`,
  ),
  tcp_mem: (value) => {
    const limits = wholeNumbers(value, 3)?.map(mebibytes);
    return limits === undefined
      ? undefined
      : `In pages; at 4 KiB each: no care below ${limits[0]}, saving from ${limits[1]}, no ` +
          `more memory at ${limits[2]}, where orphans are ended with a RST.`;
  },
};
