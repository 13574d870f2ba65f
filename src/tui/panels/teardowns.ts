// Lists the newest teardowns, under way or over, or says what is being watched while there is none.
import type { Endpoint } from "../../core/endpoint.ts";
import { formatCount, formatDuration } from "../format.ts";
import type { Painter, Span } from "../painter.ts";
import { sortRows } from "../sorting.ts";
import { MOST_RECENT } from "../watched.ts";
import { endpointRow } from "./endpoint-cells.ts";
import { ENDPOINT_SORTS, paintEndpoints } from "./endpoint-table.ts";
import type { Panel, PanelLook } from "./panel.ts";
import { scopeText } from "./scope.ts";

/** The newest first. */
export interface TeardownsData {
  readonly endpoints: readonly Endpoint[];
  /** There was no teardown at all. */
  readonly isQuiet: boolean;
}

/** Recent teardowns; Enter opens the ladder of one. */
export const teardownsPanel: Panel<TeardownsData> = {
  name: "teardowns",
  title: "Recent teardowns",
  tab: "Teardowns",
  sorts: ENDPOINT_SORTS,
  view: ({ watched, now, passes, sortOf }) => ({
    endpoints: sortRows(
      watched.recent(MOST_RECENT).filter((each) => passes(endpointRow(each, now))),
      ENDPOINT_SORTS,
      sortOf("teardowns"),
      now,
    ),
    isQuiet: watched.recent(1).length === 0,
  }),
  keys: ({ endpoints }) => endpoints.map(({ id }) => id),
  open({ endpoints }, key) {
    const endpoint = endpoints.find(({ id }) => id === key);
    return endpoint === undefined ? null : { kind: "teardown", id: key, endpoint };
  },
  note({ endpoints }) {
    const { length } = endpoints;
    const text = length < MOST_RECENT ? formatCount(length) : `newest ${formatCount(length)}`;
    return [{ text, paint: "muted" }];
  },
  draw(inside, { endpoints, isQuiet }, look) {
    const empty = "none of the recent teardowns passes the filter";
    if (isQuiet) paintQuiet(inside, look);
    else {
      const sort = look.scene.sortOf("teardowns");
      paintEndpoints(inside, endpoints, look, { empty, followsTop: sort === null, sort });
    }
  },
};

/** What is being watched and for how long: nothing to see must not look like nothing working. */
function paintQuiet(painter: Painter, { scene }: PanelLook): void {
  const { watched, header, now, since } = scene;
  const established = watched.count("ESTABLISHED");
  const open =
    established === 1 ? "1 connection is" : `${formatCount(established)} connections are`;
  const quiet: Span =
    since === null
      ? { text: "The probes are not attached: what closes now is not seen.", paint: "warn" }
      : {
          text: `Quiet: no connection has closed in ${formatDuration(Math.max(0, now - since) / 1e6)}.`,
          paint: "ok",
        };
  const lines: readonly Span[] = [
    quiet,
    { text: `Watching ${header.hostname}: ${scopeText(header)}.`, paint: "text" },
    { text: `${open} established. The next close will appear here.`, paint: "muted" },
  ];
  const from = Math.max(0, Math.floor((painter.height - lines.length) / 2));
  lines.forEach(({ text, paint }, y) => {
    painter.text(0, from + y, painter.fit(text, painter.width, "center"), paint);
  });
}
