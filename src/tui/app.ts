// Runs the dashboard over a source, from the first frame until the terminal is restored.
import { safeText } from "../event/safe-text.ts";
import { Dashboard } from "./app-dashboard.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import { ownLifecycle, reportPlainly } from "./lifecycle.ts";
import { terminalProfile } from "./profile.ts";
import { keepPausesShort } from "./short-pauses.ts";
import { openTerminal } from "./term.ts";

export type { DashboardSource, ScreenOptions, Teller } from "./dashboard-source.ts";

/** The source failed while the dashboard was open: what was shown is not all that happened. */
const SOURCE_FAILED = 1;

/**
 * Show a source until the user leaves.
 *
 * The terminal is restored however it ends: by a key, a signal, a lost terminal or a crash. When
 * the source ends by itself the screen stays, with what was collected, and says so.
 *
 * @returns the exit code: that of the lifecycle, or 1 where the source failed meanwhile
 */
export function runDashboard(source: DashboardSource): Promise<number> {
  keepPausesShort();
  const { color, ascii, theme } = source.options;
  const profile = terminalProfile({
    env: process.env,
    inputIsTty: true,
    outputIsTty: true,
    ...(color === undefined ? {} : { color }),
    ...(ascii === undefined ? {} : { ascii }),
  });
  const terminal = openTerminal({ profile, theme: theme ?? "dark" });
  return new Promise((resolve) => {
    let farewell = "";
    const dashboard = new Dashboard(terminal, source, {
      quit(printsScreen) {
        if (printsScreen) farewell = `${terminal.frame.text()}\n`;
        void lifecycle.end({ kind: "quit" });
      },
      suspend: () => void lifecycle.suspend(),
    });
    let failure: string | null = null;
    const lifecycle = ownLifecycle({
      terminal,
      onEnd() {
        failure = dashboard.failure;
        dashboard.loop.stop();
        return source.end();
      },
      onStderr: (text) => dashboard.remark(text),
      report(reason, problems) {
        if (farewell !== "") process.stdout.write(farewell);
        const why = failure === null ? [] : [safeText(failure, { max: 500 })];
        reportPlainly(reason, [...why, ...problems]);
      },
      exit: (code) => resolve(code === 0 && failure !== null ? SOURCE_FAILED : code),
    });
    void source.leave?.then(() => {
      farewell = `${terminal.frame.text()}\n`;
      return lifecycle.end({ kind: "quit" });
    });
    dashboard.loop.start();
    void source.begin();
  });
}
