// @ts-check
// The second part of `npm run build`, after tsc.
import { bundle } from "./setup/bundle.js";
import { ROOT } from "./setup/launch.js";

await bundle(ROOT);
