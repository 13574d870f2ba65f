/** The runtime knows the flags that a trace sets: an unknown one is a line on stderr and no error. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test.each([
  ["lean-heap", "keepHeapLean"],
  ["late-compiler", "compileLate"],
])("the engine takes the flags of %s without a word", (module, set) => {
  const path = new URL(`../../dist/session/${module}.js`, import.meta.url).href;
  const script = `(await import(${JSON.stringify(path)})).${set}()`;
  const args = ["--input-type=module", "-e", script];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
