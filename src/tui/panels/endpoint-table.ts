// Draws endpoints as rows: one set of columns for every list of teardowns.
import type { Endpoint } from "../../core/endpoint.ts";
import { UNKNOWN } from "../format.ts";
import type { Painter } from "../painter.ts";
import type { SortColumn, SortOrder } from "../sorting.ts";
import { paintTable, type TableColumn, type TableRow, visibleRows } from "../table.ts";
import {
  isOlder,
  localText,
  lostText,
  ownerSpan,
  remoteText,
  stateSpan,
  tookNs,
  tookText,
  verdictSpan,
} from "./endpoint-cells.ts";
import type { PanelLook } from "./panel.ts";

const COLUMNS: readonly TableColumn[] = [
  { id: "time", title: "CLOSED", width: 8, optional: 6 },
  { id: "verdict", title: "VERDICT", width: 16 },
  { id: "local", title: "LOCAL", width: 15, grow: 3, keeps: "end" },
  { id: "remote", title: "REMOTE", width: 15, grow: 3, keeps: "end" },
  { id: "owner", title: "OWNER", width: 10, grow: 3, optional: 7 },
  { id: "pid", title: "PID", width: 7, align: "right", optional: 2 },
  { id: "role", title: "ROLE", width: 7, optional: 3 },
  { id: "trigger", title: "TRIGGER", width: 11, optional: 3 },
  { id: "state", title: "STATE", width: 13, optional: 1 },
  { id: "resends", title: "AGAIN", width: 5, align: "right", optional: 5 },
  { id: "lost", title: "LOST", width: 4, optional: 4 },
  { id: "took", title: "TOOK", width: 6, align: "right" },
];

const ROLES = {
  active: "active",
  passive: "passive",
  simultaneous: "both",
  none: UNKNOWN,
} as const;

/** From this width on no process name is cut: the kernel's are 15 characters at most. */
const ROOMY = 100;
const WHOLE_NAME = 15;

const columnsFor = (width: number): readonly TableColumn[] =>
  width < ROOMY
    ? COLUMNS
    : COLUMNS.map((each) => (each.id === "owner" ? { ...each, width: WHOLE_NAME } : each));

/** How a list of endpoints behaves. */
export interface EndpointListOptions {
  /** What stands there when there are none. */
  readonly empty?: string;
  readonly followsTop?: boolean;
  readonly sort?: SortOrder | null;
}

/** When it began to close, or ended where no FIN was seen. */
const closedAt = ({ teardownAt, endedAt, bornAt }: Endpoint) => teardownAt ?? endedAt ?? bornAt;

/** What every list of endpoints can be sorted by. */
export const ENDPOINT_SORTS: readonly SortColumn<Endpoint>[] = [
  { id: "time", title: "closed", by: closedAt, descendsFirst: true },
  { id: "verdict", title: "verdict", by: ({ verdict, state }) => verdict ?? state },
  { id: "local", title: "local", by: localText },
  { id: "remote", title: "remote", by: remoteText },
  { id: "owner", title: "owner", by: ({ owner }) => owner?.comm ?? null },
  { id: "pid", title: "pid", by: ({ owner }) => owner?.pid ?? null },
  { id: "resends", title: "re-sends", by: ({ resends }) => resends.length, descendsFirst: true },
  {
    id: "took",
    title: "took",
    by: tookNs,
    descendsFirst: true,
  },
];

/** Paint a list of endpoints. */
export function paintEndpoints(
  painter: Painter,
  endpoints: readonly Endpoint[],
  look: PanelLook,
  { empty = "", followsTop = false, sort = null }: EndpointListOptions = {},
): void {
  paintTable(painter, {
    columns: columnsFor(painter.width),
    count: endpoints.length,
    cursor: look.settle(visibleRows(painter.height), followsTop),
    focused: look.focused,
    ...(sort !== null && { sort }),
    empty,
    row(index) {
      const endpoint = endpoints[index];
      return endpoint === undefined ? { key: "", cells: [] } : rowOf(painter, endpoint, look);
    },
  });
}

function rowOf({ theme }: Painter, endpoint: Endpoint, { scene }: PanelLook): TableRow {
  const { id, teardownAt, endedAt, bornAt, role, trigger, resends } = endpoint;
  const began = teardownAt ?? endedAt;
  return {
    key: id,
    cells: [
      {
        text: isOlder(endpoint) ? "before" : scene.clock(began ?? bornAt),
        paint: "muted",
      },
      verdictSpan(theme, endpoint),
      localText(endpoint),
      remoteText(endpoint),
      ownerSpan(endpoint),
      { text: endpoint.owner === null ? "" : String(endpoint.owner.pid), paint: "muted" },
      { text: ROLES[role], paint: role === "none" ? "muted" : "text" },
      { text: trigger ?? UNKNOWN, paint: trigger === null ? "muted" : "text" },
      endpoint.verdict === null ? "" : stateSpan(theme, endpoint),
      { text: resends.length === 0 ? "" : String(resends.length), paint: "warn" },
      { text: lostText(endpoint), paint: "warn" },
      { text: tookText(endpoint, scene.now), paint: "title" },
    ],
  };
}
