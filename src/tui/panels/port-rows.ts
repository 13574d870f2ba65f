// Says what stands in a row of the view of ports, and what Enter shows behind it.
import type { Endpoint } from "../../core/endpoint.ts";
import type { DestinationPorts, ListenerWaiting } from "../../core/port-outlook.ts";
import type { TcpState } from "../../event/tcp-state.ts";
import { formatEndpoint, unmappedAddress } from "../../event/tuple.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Span } from "../painter.ts";
import { MOST_LIVING } from "../watched.ts";
import type { MembersData, Scene } from "./panel.ts";

/** A destination that takes local ports, or a listener whose connections wait. */
export interface PortRow {
  readonly key: string;
  readonly kind: "to" | "at";
  /** The far address and port; of a listener its port with who listens. */
  readonly where: string;
  /** The local address of connections to a destination. */
  readonly from: string | null;
  readonly waiting: number;
  readonly used: number;
  /** What they are taken from: local ports, or tcp_max_tw_buckets; null where unknown. */
  readonly of: number | null;
  /** Ports taken a second, lastingly; null for a listener. */
  readonly growth: number | null;
  readonly secondsLeft: number | null;
  readonly netns: number;
  readonly port: number;
}

/** States in which a connection holds its port. */
const HOLDING: readonly TcpState[] = [
  "TIME_WAIT",
  "FIN_WAIT2",
  "FIN_WAIT1",
  "CLOSING",
  "LAST_ACK",
  "CLOSE_WAIT",
  "ESTABLISHED",
  "SYN_SENT",
];
const WAITING: readonly TcpState[] = ["TIME_WAIT", "FIN_WAIT2"];
const MOST_MEMBERS = 1000;
/** The row of a destination. */
export function destinationRow(ports: DestinationPorts): PortRow {
  const { netns, local, remote, remotePort, used, waiting, growth, secondsLeft } = ports;
  return {
    key: `to ${netns} ${local} ${remote} ${remotePort}`,
    kind: "to",
    where: formatEndpoint(remote, remotePort),
    from: local,
    waiting,
    used,
    of: ports.ports,
    growth,
    secondsLeft,
    netns,
    port: remotePort,
  };
}

/** The row of a listener, with who listens where that is known. */
export function listenerRow(
  { netns, port, waiting, most }: ListenerWaiting,
  { watched }: Scene,
): PortRow {
  const listener = watched.listenerOf({
    netns,
    local: "",
    localPort: port,
    remote: "",
    remotePort: 0,
  });
  const name = listener?.comm == null ? "" : ` ${listener.comm}`;
  return {
    key: `at ${netns} ${port}`,
    kind: "at",
    where: `:${port}${name}`,
    from: null,
    waiting,
    used: waiting,
    of: most,
    growth: null,
    secondsLeft: null,
    netns,
    port,
  };
}

function belongs({ kind, netns, port, from, where }: PortRow, { tuple, ports }: Endpoint): boolean {
  if (tuple.netns !== netns) return false;
  if (kind === "at") return tuple.localPort === port && !ports;
  const remote = formatEndpoint(unmappedAddress(tuple.remote), tuple.remotePort);
  return remote === where && unmappedAddress(tuple.local) === from && Boolean(ports);
}

/** The connections that take the ports, with what is to be said of them. */
export function portMembers({ watched }: Scene, row: PortRow): MembersData {
  const endpoints: Endpoint[] = [];
  for (const state of row.kind === "to" ? HOLDING : WAITING) {
    for (const endpoint of watched.living(state, MOST_LIVING)) {
      if (endpoints.length < MOST_MEMBERS && belongs(row, endpoint)) endpoints.push(endpoint);
    }
  }
  return { about: aboutLines(row), endpoints };
}

function aboutLines({
  kind,
  where,
  from,
  waiting,
  used,
  of,
  growth,
  secondsLeft,
}: PortRow): Span[][] {
  const limit = of === null ? "a limit that is not known" : formatCount(of);
  if (kind === "at") {
    return [
      [
        { text: formatCount(waiting), paint: "TIME_WAIT" },
        {
          text: ` connections that came in at ${where} wait; this host closed them first`,
          paint: "title",
        },
      ],
      [{ text: `tcp_max_tw_buckets is ${limit}, shared by all of the namespace` }],
      [{ text: "Each is forgotten 60 s after the peer's FIN. They cost memory, no local port." }],
    ];
  }
  const forecast =
    secondsLeft === null
      ? growth !== null && growth > 0
        ? `, ${growth.toFixed(1)} more a second, and they do not run out within the hour`
        : ", and no lasting growth"
      : `, ${(growth ?? 0).toFixed(1)} more a second: all in use in ${formatDuration(secondsLeft * 1000)}`;
  return [
    [
      { text: formatCount(used), paint: "title" },
      { text: ` of ${limit} local ports from ${from} to ${where} are in use`, paint: "title" },
      { text: forecast, paint: secondsLeft === null ? "muted" : "critical" },
    ],
    [
      { text: formatCount(waiting), paint: "TIME_WAIT" },
      { text: " of them wait until their connection is forgotten, 60 s after the peer's FIN" },
    ],
    [
      {
        text: "Keep-alive or a pool of connections takes fewer; so does the server closing first.",
      },
    ],
  ];
}
