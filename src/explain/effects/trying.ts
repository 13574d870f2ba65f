/** The effects of the sysctls that say how long and how often the kernel tries. */
import {
  defaultRtoMaxMs,
  orphanEndMs,
  retryBudgetMs,
  retryEndMs,
  synEndMs,
} from "../retry-budget.ts";
import { inSeconds, numberOr } from "../sysctl-value.ts";
import type { SysctlValues } from "../topic.ts";
import { type Effects, one } from "./effect.ts";

const longestRto = (others: SysctlValues) => numberOr(others, "tcp_rto_max_ms", defaultRtoMaxMs);

function connectEnd(n: number, linear: number, others: SysctlValues): string {
  return inSeconds(synEndMs(n, linear, longestRto(others)));
}

function keepaliveEnd(time: number, interval: number, probes: number): string {
  return `A silent idle peer is given up after ${inSeconds((time + interval * probes) * 1000)}.`;
}

const keepaliveTime = (others: SysctlValues) => numberOr(others, "tcp_keepalive_time", 7200);
const keepaliveInterval = (others: SysctlValues) => numberOr(others, "tcp_keepalive_intvl", 75);
const keepaliveProbes = (others: SysctlValues) => numberOr(others, "tcp_keepalive_probes", 9);

export const tryingEffects: Effects = {
  tcp_retries1: one(
    (n, others) =>
      `After ${inSeconds(retryBudgetMs(n, longestRto(others)))} without an ACK the kernel asks ` +
      "for another route. It ends nothing.",
  ),
  tcp_retries2: one((n, others) => {
    const budget = inSeconds(retryBudgetMs(n, longestRto(others)));
    const end = inSeconds(retryEndMs(n, longestRto(others)));
    return (
      `While a process holds the socket, data and FIN are re-sent for ${budget}; it ends at the ` +
      `next RTO, on a fast network after about ${end}. After close() it has no say.`
    );
  }),
  tcp_rto_max_ms: one((ms, others) => {
    const held = inSeconds(retryBudgetMs(numberOr(others, "tcp_retries2", 15), ms));
    const orphan = inSeconds(orphanEndMs(numberOr(others, "tcp_orphan_retries", 0), ms));
    return (
      `Pauses between re-sends grow up to ${inSeconds(ms)}. With it tcp_retries2 stands for ` +
      `${held}, and an orphan ends after about ${orphan} on a fast network.`
    );
  }),
  tcp_syn_retries: one((n, others) => {
    const end = connectEnd(n, numberOr(others, "tcp_syn_linear_timeouts", 0), others);
    return `A connect() that nothing answers gives up after about ${end}.`;
  }),
  tcp_syn_linear_timeouts: one((linear, others) => {
    const n = numberOr(others, "tcp_syn_retries", 6);
    const pace =
      linear === 0
        ? "The pause between SYNs doubles from the first re-send on"
        : `The first ${linear + 1} pauses between SYNs are 1 s each, then they double`;
    const end = connectEnd(n, linear, others);
    return `${pace}. With tcp_syn_retries ${n} a connect() gives up after about ${end}.`;
  }),
  tcp_keepalive_time: one(
    (time, others) =>
      `A socket with SO_KEEPALIVE is probed after ${inSeconds(time * 1000)} of silence. ` +
      keepaliveEnd(time, keepaliveInterval(others), keepaliveProbes(others)),
  ),
  tcp_keepalive_intvl: one(
    (interval, others) =>
      `Probes follow each other after ${inSeconds(interval * 1000)}. ` +
      keepaliveEnd(keepaliveTime(others), interval, keepaliveProbes(others)),
  ),
  tcp_keepalive_probes: one(
    (probes, others) =>
      `${probes} probes may stay without an answer. ` +
      keepaliveEnd(keepaliveTime(others), keepaliveInterval(others), probes),
  ),
};
