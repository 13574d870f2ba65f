// @ts-check
// `npm start`: sets up what is missing and opens the live dashboard, or the demo where none can be.
import { refuseRuntime } from "./setup/refuse-runtime.js";

const refusal = refuseRuntime(process.versions.node, process.env);
if (refusal === null) {
  const { start } = await import("./setup/start.js");
  const { thisHost } = await import("./setup/this-host.js");
  process.exitCode = await start(process.argv.slice(2), thisHost());
} else {
  process.stderr.write(`lastack: ${refusal}\n`);
  process.exitCode = 1;
}
