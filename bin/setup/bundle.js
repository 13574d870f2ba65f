// @ts-check
// Joins the compiled modules into a few files, which is what the launcher loads.
import { join } from "node:path";

/** Where they stand, from the checkout; as deep as a module, so that `../../` leads to the checkout from both. */
const BUNDLE = "dist/bundle";

/** What the launcher loads, from the checkout. */
export const MAIN = `${BUNDLE}/main.js`;

/**
 * Bundle what tsc has emitted to `dist`: node takes half as long to load a command, and a recorder
 * holds 13 MB less after half a minute of 20,000 events a second. What a command alone needs stays in a
 * file of its own, and packages stay where npm has put them.
 *
 * @param {string} root the checkout
 */
export async function bundle(root) {
  // It is there only in a checkout, and not where the package is installed.
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    cwd: root,
    input: { main: "dist/cli/main.js" },
    platform: "node",
    external: (id) => !/^[./]/.test(id),
  });
  await build.write({
    dir: join(root, BUNDLE),
    cleanDir: true,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // White space goes, names stay: a stack trace names them, and `-v` its lines by the maps.
    minify: { codegen: true, compress: false, mangle: false },
    sourcemap: true,
  });
  await build.close();
}
