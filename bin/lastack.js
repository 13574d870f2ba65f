#!/usr/bin/env node
// @ts-check
// Launches lastack: refuses a runtime it cannot trust, then hands the arguments to the build.
import { refuseRuntime } from "./setup/refuse-runtime.js";

const refusal = refuseRuntime(process.versions.node, process.env);
if (refusal === null) {
  const { launch } = await import("./setup/launch.js");
  process.exitCode = await launch(process.argv.slice(2));
} else {
  process.stderr.write(`lastack: ${refusal}\n`);
  process.exitCode = 1;
}
