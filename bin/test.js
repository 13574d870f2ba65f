// @ts-check
// `npm test`: sets up what the tests need, runs checks and tests, ends with one line of totals.
import { refuseRuntime } from "./setup/refuse-runtime.js";

const refusal = refuseRuntime(process.versions.node, process.env);
if (refusal === null) {
  const { test } = await import("./setup/test.js");
  const { thisHost } = await import("./setup/this-host.js");
  process.exitCode = await test(process.argv.slice(2), thisHost());
} else {
  process.stderr.write(`lastack: ${refusal}\n`);
  process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = 1;
}
