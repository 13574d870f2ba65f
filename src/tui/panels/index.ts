// The one ordered list of panels: a new panel is a file of its own and a line here.
import type { Chart } from "../chart.ts";
import { closeWaitPanel } from "./close-wait.ts";
import { endpointsPanel } from "./endpoints.ts";
import { finResendsPanel } from "./fin-resends.ts";
import { findingsPanel } from "./findings.ts";
import { logPanel } from "./log.ts";
import { type AnyPanel, anyPanel } from "./panel.ts";
import { portsPanel } from "./ports.ts";
import { ratesPanel } from "./rates.ts";
import { statesPanel } from "./states.ts";
import { teardownsPanel } from "./teardowns.ts";
import { timesPanel } from "./times.ts";

/** The panels that keys can go to, in the order of their numbers. */
export const LIST_PANELS: readonly AnyPanel[] = [
  anyPanel(findingsPanel),
  anyPanel(closeWaitPanel),
  anyPanel(finResendsPanel),
  anyPanel(teardownsPanel),
  anyPanel(endpointsPanel),
  anyPanel(portsPanel),
  anyPanel(logPanel),
];

/** All panels by name. Charts remember their scale from frame to frame, so one is made for each screen. */
export function createPanels(chart: Chart): ReadonlyMap<string, AnyPanel> {
  const all = [
    anyPanel(statesPanel(chart)),
    anyPanel(ratesPanel),
    anyPanel(timesPanel),
    ...LIST_PANELS,
  ];
  return new Map(all.map((panel) => [panel.name, panel]));
}
