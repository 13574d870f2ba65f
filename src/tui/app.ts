// Runs the dashboard over a source, from the first frame until the terminal is restored.
import { CLOSING_STATES } from "../event/tcp-state.ts";
import { formatEndpoint } from "../event/tuple.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import { formatDuration } from "./format.ts";
import { createFrameLoop } from "./frame.ts";
import { createKeyDispatcher } from "./key-dispatch.ts";
import { ownLifecycle } from "./lifecycle.ts";
import { terminalProfile } from "./profile.ts";
import { paintTable } from "./table.ts";
import { START_CURSOR } from "./table-cursor.ts";
import { openTerminal } from "./term.ts";

export type { DashboardSource, ScreenOptions } from "./dashboard-source.ts";

/** Show a source until the user leaves; returns the exit code of the lifecycle. */
export function runDashboard(source: DashboardSource): Promise<number> {
  const { options, trace } = source;
  const profile = terminalProfile({
    env: process.env,
    inputIsTty: true,
    outputIsTty: true,
    ...(options.color === undefined ? {} : { color: options.color }),
    ...(options.ascii === undefined ? {} : { ascii: options.ascii }),
  });
  const terminal = openTerminal({ profile, theme: options.theme ?? "dark" });
  const loop = createFrameLoop({
    terminal,
    fps: options.fps ?? 4,
    snapshot: () => ({}),
    paint(painter) {
      const closing = [...CLOSING_STATES].flatMap((state) => [...trace.inState(state)]);
      painter.text(0, 0, `${source.mode} ${source.header.hostname}`, "title");
      paintTable(painter.within({ x: 0, y: 1, width: painter.width, height: painter.height - 1 }), {
        columns: [
          { id: "state", title: "STATE", width: 12 },
          { id: "age", title: "AGE", width: 7, align: "right" },
          { id: "local", title: "LOCAL", width: 22, grow: 1 },
          { id: "remote", title: "REMOTE", width: 22, grow: 1 },
        ],
        count: closing.length,
        cursor: START_CURSOR,
        empty: "no connection is closing",
        row(index) {
          const endpoint = closing[index];
          if (endpoint === undefined) return { key: "", cells: [] };
          const { tuple, state } = endpoint;
          const age = trace.now - (endpoint.phases.at(-1)?.from ?? endpoint.bornAt);
          return {
            key: endpoint.id,
            cells: [
              { text: state, paint: state },
              formatDuration(age / 1e6),
              formatEndpoint(tuple.local, tuple.localPort),
              formatEndpoint(tuple.remote, tuple.remotePort),
            ],
          };
        },
      });
    },
  });
  return new Promise((resolve) => {
    const lifecycle = ownLifecycle({
      terminal,
      onEnd: () => {
        loop.stop();
        return source.end();
      },
      exit: resolve,
    });
    const keys = createKeyDispatcher();
    keys.on("quit", () => void lifecycle.end({ kind: "quit" }));
    terminal.onKey((key) => keys.press(key));
    terminal.onResize(() => loop.request());
    loop.start();
    void source.begin();
  });
}
