/**
 * Plays the scenarios under tcpstates, tcplife and lastack at once, and writes what each said
 * beside the truth: `npm run compare`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { expect, test } from "vitest";
import { missingPrograms } from "../actors/program.ts";
import { captureScenarios } from "../capture.ts";
import { secondsOf } from "../scenario.ts";
import { scenarios } from "../scenarios/index.ts";
import { countsOf, replaceBetween, tableOf, tellingRows } from "./markdown.ts";
import { rowOf } from "./row.ts";
import { parseLifeLine, parseStatesLine, Tool } from "./tool.ts";

const root = new URL("../../../", import.meta.url);

test("what each said beside the truth", async () => {
  const only = process.env.LASTACK_SCENARIOS?.split(",");
  const list = scenarios.filter(
    (each) =>
      secondsOf(each) <= 30 &&
      missingPrograms(each.needs ?? []).length === 0 &&
      (only === undefined || only.includes(each.name)),
  );
  const [states, life] = [await Tool.start("tcpstates"), await Tool.start("tcplife")];
  const { played } = await captureScenarios(list, { concurrency: 12 });
  await states.stop();
  await life.stop();
  const printed = { states: states.read(parseStatesLine), lives: life.read(parseLifeLine) };
  const rows = played.flatMap((each) =>
    each.run.scenario.expect.flatMap((truth) => rowOf(each, truth, printed) ?? []),
  );
  expect(rows.length).toBeGreaterThanOrEqual(list.length);
  const counts = countsOf(rows);
  console.info(counts);
  if (only !== undefined) {
    console.info(tableOf(rows));
    return;
  }
  const head = `One run of ${played.length} scenarios of test/live on Linux ${release()}, all three tracers at once; the truth is what the scenario does and the socket table showed. A path is the states after ESTABLISHED, then how it ended and the process that owned that end; for tcpstates the process of its last line, for tcplife of its only one. ✗ marks other states than the true ones.`;
  const whole = ["# Beside tcpstates and tcplife", head, counts, tableOf(rows), ""].join("\n\n");
  writeFileSync(new URL("bench/COMPARISON.md", root), `${whole.trimEnd()}\n`);
  const readme = new URL("README.md", root);
  const part = `${counts}\n\n${tableOf(tellingRows(rows))}`;
  writeFileSync(readme, replaceBetween(readFileSync(readme, "utf8"), "compare", `\n${part}\n`));
});
