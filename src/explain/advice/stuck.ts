/** Advice on connections that do not get on. */
import { type Advice, type AdviceFacts, type Adviser, currentNumber, knob, say } from "./advice.ts";

const inherited = say(
  "A process that was started in between holds the descriptor and knows nothing of it. Open " +
    "sockets with SOCK_CLOEXEC and close them in children after fork(), or call shutdown() before " +
    "close() in the process that serves them.",
);

const deadlocked = say(
  "Its threads wait for locks or for a pool that gives nothing back. Take the stacks of all " +
    "threads (gdb -p, jstack, py-spy dump) before a restart loses them; then put a time limit on " +
    "that wait.",
);

const overloaded = say(
  "The process does not come to read. See what its threads are busy with; let it accept no more " +
    "than it can serve, read until a read returns 0, and then close.",
);

function closeWaitCause(facts: AdviceFacts): readonly Advice[] {
  const { unread, eofRead, isShared, stuckCause } = facts;
  if (stuckCause === "inherited") return [inherited];
  if (stuckCause === "deadlocked") return [deadlocked];
  const causes: Advice[] = [];
  if (unread === "not-accepted") {
    causes.push(
      say(
        "No process has accepted these connections. See why the listener does not call accept(): " +
          "a blocked loop, too few workers, or its descriptor limit. A longer queue would only " +
          "hide it.",
      ),
    );
  } else if (unread === "data-unread") {
    causes.push(
      say(
        "Data waits too: the process does not read. See what it is busy with. Let it read until " +
          "a read returns 0 and then close; a close() now would send a RST.",
      ),
    );
  } else if (unread === "fin-unread" && stuckCause === "unread") {
    causes.push(overloaded);
  } else if (unread === "fin-unread") {
    causes.push(
      say(
        "Nobody reads these connections, so nobody learns that the peer has closed. Keep idle " +
          "connections in the event loop, or let the pool check them and drop old ones.",
      ),
    );
  } else if (eofRead === true) {
    causes.push(
      say(
        "The application read the end of the stream and did not close. Call close() when a read " +
          "returns 0, on error paths too.",
      ),
    );
  } else {
    causes.push(
      say(
        "The application must close the descriptor once the peer has closed: when a read returns " +
          "0, on every error path, and in pools that keep idle connections.",
      ),
    );
  }
  if (isShared === true) {
    causes.push(
      say(
        "Several processes hold the descriptor: close() in one of them sends nothing. Open " +
          "sockets with SOCK_CLOEXEC and close them in children, or call shutdown() first.",
      ),
    );
  }
  return causes;
}

const noKnobForCloseWait = say(
  "No sysctl ends CLOSE_WAIT: tcp_fin_timeout and tcp_tw_reuse are about other states. Keepalive " +
    "may end the socket, but the descriptor stays open, and so does the leak.",
);

const freeNow = say(
  "To free them now, restart the owner. ss -K destroys the sockets where the kernel allows it, " +
    "but the process keeps the descriptors.",
);

function patience(facts: AdviceFacts): readonly (Advice | undefined)[] {
  const orphans = knob(
    facts,
    "net.ipv4.tcp_orphan_retries",
    "How long orphans try can be changed, above 0 and below 8 for less.",
    "what the peer has not confirmed by then is thrown away, and the application never learns.",
  );
  const held = knob(
    facts,
    "net.ipv4.tcp_retries2",
    "How long a socket that a process holds tries can be changed for all of them.",
    "it also ends connections with data in flight; RFC 1122 asks for 100 s, so 8, or more.",
  );
  const perSocket = say(
    "TCP_USER_TIMEOUT, set in the application, limits the wait of one connection, after close() " +
      "too. That is better than a sysctl.",
  );
  if (facts.orphan === true) return [perSocket, orphans];
  return facts.orphan === false ? [perSocket, held] : [perSocket, orphans, held];
}

const bothSides =
  "Record on the peer as well: one host alone cannot tell a lost FIN from a lost ACK. ";

export const stuckAdvisers: Readonly<Record<string, Adviser>> = {
  "stuck-close-wait": (facts) => [...closeWaitCause(facts), freeNow, noKnobForCloseWait],

  "descriptor-exhaustion": (facts) => [
    say(
      "Restart the owner before it fails by itself: at the limit accept(), socket() and open() " +
        "fail with EMFILE.",
    ),
    ...closeWaitCause(facts),
    say(
      "A higher limit (RLIMIT_NOFILE, LimitNOFILE of the unit) buys time and cures nothing; ss -K " +
        "frees no descriptor.",
    ),
    noKnobForCloseWait,
  ],

  "repeated-fin-retransmit": (facts) => [
    say(
      `${bothSides}Look at the path for loss, and for a firewall or NAT that drops connections ` +
        "from its table before they are closed.",
    ),
    say("In the application, close idle connections before the shortest idle limit on the path."),
    ...patience(facts),
  ],

  "stuck-fin-wait1": (facts) => [
    say(
      `Look at the peer: is it there, and does its application read? ${bothSides}Re-sends mean ` +
        "loss or a dead peer; none, with timer persist, means that it does not read; none " +
        "without it, a filter on this host.",
    ),
    ...patience(facts),
  ],

  "stuck-last-ack": (facts) => [
    say(
      `${bothSides}If such connections end with a RST, the peer had forgotten them: let the ` +
        "application here close sooner after the end of the stream.",
    ),
    ...patience(facts),
  ],

  "stuck-fin-wait2": (facts) => {
    const peer = say(
      "The peer's application has the next move: look there for CLOSE_WAIT and make it close.",
    );
    const held = say(
      "In the application here, put a time limit on reading after shutdown(), then call close(). " +
        "No sysctl limits FIN_WAIT2 while the descriptor is open.",
    );
    const timeout = currentNumber(facts, "tcp_fin_timeout");
    const orphaned = knob(
      facts,
      "net.ipv4.tcp_fin_timeout",
      timeout !== undefined && timeout > 60
        ? "Set it to 60 or less: above 60 orphans wait as full sockets and in an odd way."
        : "A smaller value shortens the wait of orphans.",
      "a peer that closes later than that gets a RST for its FIN.",
    );
    if (facts.orphan === false) return [peer, held];
    return facts.orphan === true ? [peer, orphaned] : [peer, held, orphaned];
  },

  "half-close": () => [
    say(
      "Nothing, if the protocol means it. If not: the side that has shut down should call " +
        "close(), and the other should close when a read returns 0.",
    ),
    say("Firewalls and proxies may drop half-closed connections after a short time; check theirs."),
  ],
};
