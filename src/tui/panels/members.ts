// Shows the endpoints behind one row: those of an owner, of a peer, of a finding.
import { sortRows } from "../sorting.ts";
import { endpointRow } from "./endpoint-cells.ts";
import { ENDPOINT_SORTS, paintEndpoints } from "./endpoint-table.ts";
import type { MembersData, Opening, Panel } from "./panel.ts";
import { wrapLine } from "./wrap.ts";

/** Lines that the list keeps with its header, however much there is to say above it. */
const LEAST_LINES = 6;

/** The list that Enter opens on a row that stands for several endpoints. */
export function membersPanel(opening: Extract<Opening, { kind: "members" }>): Panel<MembersData> {
  const name = `members ${opening.id}`;
  return {
    name,
    title: opening.title,
    sorts: ENDPOINT_SORTS,
    view(scene) {
      const { about, endpoints } = opening.of(scene);
      const shown = endpoints.filter((each) => scene.passes(endpointRow(each, scene.now)));
      return { about, endpoints: sortRows(shown, ENDPOINT_SORTS, scene.sortOf(name), scene.now) };
    },
    keys: ({ endpoints }) => endpoints.map(({ id }) => id),
    open({ endpoints }, key) {
      const endpoint = endpoints.find(({ id }) => id === key);
      return endpoint === undefined ? null : { kind: "teardown", id: key, endpoint };
    },
    note: ({ endpoints }) => [{ text: String(endpoints.length), paint: "muted" }],
    draw(inside, { about, endpoints }, look) {
      const width = inside.width - 2;
      const lines = about.flatMap((line) => wrapLine(line, width, inside.unicode));
      const list = Math.min(LEAST_LINES, Math.max(1, endpoints.length) + 1);
      const room = Math.max(1, inside.height - list - 1);
      const shown = lines.length > room ? lines.slice(0, room) : lines;
      shown.forEach((line, y) => {
        inside.spans(1, y, line, width);
      });
      if (lines.length > room) {
        const more = lines.length - room;
        const text = ` ${more} ${more === 1 ? "line" : "lines"} more`;
        inside.textRight(inside.width, room - 1, text, "muted");
      }
      const y = shown.length + 1;
      const below = { x: 0, y, width: inside.width, height: inside.height - y };
      paintEndpoints(inside.within(below), endpoints, look, {
        empty: "none of them is left",
        sort: look.scene.sortOf(name),
      });
    },
  };
}
