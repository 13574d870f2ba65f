/** Advice on limits, on resets and on losses of the trace itself. */
import { sysctlValue } from "../sysctl-value.ts";
import {
  type Advice,
  type AdviceFacts,
  type Adviser,
  currentNumber,
  knob,
  type ResetCause,
  say,
} from "./advice.ts";

const reuse = say(
  "Keep connections open and use them again: a pool, HTTP keep-alive, fewer and longer " +
    "connections. That removes the cause.",
);

const otherSideCloses = say(
  "Let the other side close first where the protocol allows it: TIME_WAIT is with the first closer.",
);

const moreTuples = say(
  "Use more destination addresses or ports, or more local addresses (with " +
    "IP_BIND_ADDRESS_NO_PORT before bind()): each pair has all local ports of its own.",
);

const uselessForTimeWait = say(
  "What does not help: tcp_fin_timeout and tcp_syncookies do not touch TIME_WAIT, and " +
    "tcp_tw_recycle was removed in Linux 4.12 because it broke clients behind one address. " +
    "SO_LINGER with time 0 avoids TIME_WAIT by throwing data away: do not use it.",
);

/** Below 1024 are the ports of privileged servers; a range from there on has nothing to gain. */
const LOWEST_PORT = 1024;
const HIGHEST_PORT = 65_535;

function wider(facts: AdviceFacts): Advice | undefined {
  const range = sysctlValue(facts.sysctls, "net.ipv4.ip_local_port_range");
  const [low, high] = (range ?? "").trim().split(/\s+/).map(Number);
  if (low !== undefined && low <= LOWEST_PORT && high === HIGHEST_PORT) return undefined;
  return knob(
    facts,
    "net.ipv4.ip_local_port_range",
    "Widen the range of local ports.",
    "it may take in ports that servers here listen on; reserve those in ip_local_reserved_ports.",
  );
}

function takeOver(facts: AdviceFacts): Advice | undefined {
  const now = currentNumber(facts, "tcp_tw_reuse");
  // 2, the default, is 1 for loopback alone.
  if (now === 1 || (now === 2 && facts.isLoopback === true)) return undefined;
  if (currentNumber(facts, "tcp_timestamps") === 0) return undefined;
  return knob(
    facts,
    "net.ipv4.tcp_tw_reuse",
    "With 1, outgoing connections may take over their own TIME_WAIT.",
    "it relies on timestamps; a path or peer that breaks them may see old segments.",
  );
}

function roomForMiniSockets(facts: AdviceFacts): Advice | undefined {
  return knob(
    facts,
    "net.ipv4.tcp_max_tw_buckets",
    "Raise it; never lower it: without room late FINs are answered with a RST.",
    "256 bytes of kernel memory for each entry, no other.",
  );
}

function finWait2Ports(facts: AdviceFacts): Advice | undefined {
  return knob(
    facts,
    "net.ipv4.tcp_fin_timeout",
    "The ports are held in FIN_WAIT2, by peers that do not close. A smaller value frees them.",
    "a peer that closes later than that gets a RST for its FIN.",
  );
}

const portHolders: Readonly<Record<NonNullable<AdviceFacts["portsHeldBy"]>, Advice>> = {
  TIME_WAIT: reuse,
  FIN_WAIT2: say("Make the peer close: this side has closed, and its ports wait for the peer."),
  CLOSE_WAIT: say("Close what the peer has closed: the ports are held by a descriptor leak here."),
  ESTABLISHED: say("Put a limit on the pool, or look for a leak: the ports are all in use."),
};

const resetCauses: Readonly<Record<ResetCause, string>> = {
  "unread-data":
    "The application closes with data unread. Read until a read returns 0, or call " +
    "shutdown(SHUT_WR), read on for a limited time, then close().",
  linger:
    "Somebody set SO_LINGER with time 0. Take it out: it throws data away. TIME_WAIT, which it is " +
    "often meant to avoid, is harmless in most places.",
  "data-after-close":
    "The peer still sends when this side has closed. Call shutdown(SHUT_WR) first, read until " +
    "the peer has finished, then close().",
  "data-with-ack":
    "The peer still sends when this side has closed, as TLS does to say goodbye. Call " +
    "shutdown(SHUT_WR) first, read until the peer has finished, then close(). A TCP_LINGER2 " +
    "below 0 does the same: take it out.",
  "not-accepted":
    "The listener was closed with connections in its accept queue. At a restart, stop new " +
    "connections first and accept what waits, or hand the listening socket over.",
  memory:
    "The kernel ended orphans for want of room. See the advice on orphan-pressure; these RSTs " +
    "lose data.",
  received:
    "The RST came from outside. Record on the peer, and look at idle limits of firewalls and " +
    "load balancers on the way: this side should close idle connections sooner than they do.",
};

const lossCauses: Readonly<Record<NonNullable<AdviceFacts["loss"]>, string>> = {
  lost: "The buffers ran over. Use --detail summary or aggregate, or trace fewer connections with --port or --cidr.",
  skipped:
    "The kernel left probe runs out because other programs ran on that CPU. Stop other tracers.",
  unparsed: "Some lines could not be read. Check the file for damage, or whether two wrote to it.",
  evicted: "There were more endpoints than there is room for. Use --detail aggregate, or a filter.",
  restart:
    "Nobody traced for a while: bpftrace died and was started again, or the recorder was. Its log says why.",
  hung: "bpftrace gave no answer and was ended. Look whether the host had CPU and memory for it.",
  disk: "The recording could not be written. Give it room, or bound it with --keep or --max-size.",
  damaged:
    "The file is damaged, or one of its series is missing. Find a whole copy, if there is one.",
};

export const pressureAdvisers: Readonly<Record<string, Adviser>> = {
  "time-wait-pressure": (facts) => {
    const buckets = facts.limit === "ports" ? undefined : roomForMiniSockets(facts);
    // Nothing takes a mini-socket over that is still in FIN_WAIT2: its peer has not closed.
    const isFinWait2 = facts.limit === "ports" && facts.portsHeldBy === "FIN_WAIT2";
    const freed = isFinWait2 ? finWait2Ports(facts) : takeOver(facts);
    const ports = facts.limit === "tw-buckets" ? [] : [moreTuples, wider(facts), freed];
    const first = isFinWait2 ? [portHolders.FIN_WAIT2] : [reuse, otherSideCloses];
    return [...first, ...ports, buckets, isFinWait2 ? undefined : uselessForTimeWait];
  },

  "port-exhaustion": (facts) => {
    const held = facts.portsHeldBy;
    const isMaybeTimeWait = held === undefined || held === "TIME_WAIT";
    return [
      held === undefined ? reuse : portHolders[held],
      moreTuples,
      wider(facts),
      isMaybeTimeWait ? takeOver(facts) : undefined,
      held === "FIN_WAIT2" ? finWait2Ports(facts) : undefined,
      isMaybeTimeWait ? uselessForTimeWait : undefined,
    ];
  },

  "reset-teardown": ({ resetCause }) => {
    const causes =
      resetCause === undefined ? Object.values(resetCauses) : [resetCauses[resetCause]];
    return [...causes.map(say), say("No sysctl prevents these resets.")];
  },

  "orphan-pressure": (facts) => {
    const isFinWait2Full = (currentNumber(facts, "tcp_fin_timeout") ?? 0) > 60;
    const retries = currentNumber(facts, "tcp_orphan_retries") ?? 0;
    const isPatient = retries === 0 || retries > 3;
    const isMemoryOnly = facts.limit === "memory";
    return [
      say(
        "Find the peers that do not confirm or do not read; in the application set " +
          "TCP_USER_TIMEOUT before close(), and do not queue much data that is not read.",
      ),
      isFinWait2Full
        ? knob(
            facts,
            "net.ipv4.tcp_fin_timeout",
            "Set it to 60 or less: above 60 orphans in FIN_WAIT2 are full sockets and count.",
            "a peer that closes later than that gets a RST for its FIN.",
          )
        : undefined,
      isPatient
        ? knob(
            facts,
            "net.ipv4.tcp_orphan_retries",
            "A small value, such as 3, lets orphans of dead peers go sooner.",
            "on a bad path answers that were on their way are lost, and nobody learns.",
          )
        : undefined,
      isMemoryOnly
        ? undefined
        : knob(
            facts,
            "net.ipv4.tcp_max_orphans",
            "Raise it if memory allows; never lower it.",
            "each orphan may hold up to 64 KiB that cannot be swapped.",
          ),
      facts.limit === "orphans"
        ? undefined
        : knob(
            facts,
            "net.ipv4.tcp_mem",
            "Raise it only if the host has memory to spare.",
            "what TCP holds is missing elsewhere and cannot be swapped.",
          ),
    ];
  },

  "incomplete-trace": ({ loss }) => {
    const causes = loss === undefined ? [] : [lossCauses[loss]];
    return [
      ...causes.map(say),
      say("Trust what is there, not what is missing: counts are too low by what the ledger names."),
    ];
  },
};
