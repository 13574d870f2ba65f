/** When npm packages and the build count as missing or old. */
import { describe, expect, it } from "vitest";
import { buildState, packagesState } from "../../bin/setup/checkout-state.js";
import { makeCheckout } from "./pretend-host.ts";

describe("packagesState", () => {
  it.each([
    ["ready", { "node_modules/.package-lock.json": 100 }],
    ["old", { "node_modules/.package-lock.json": 99 }],
    ["missing", { "node_modules/.package-lock.json": null, "node_modules/a/package.json": 200 }],
  ] as const)("is %s for %j", (state, changedAt) => {
    expect(packagesState(makeCheckout(changedAt))).toBe(state);
  });
});

describe("buildState", () => {
  it.each([
    ["ready", { "src/core/deep/inside.ts": 200 }],
    ["old", { "src/core/deep/inside.ts": 201 }],
    ["old", { "src/export/report.schema.json": 201 }],
    ["old", { "tsconfig.json": 201 }],
    ["ready", { "src/notes.txt": 201 }],
    ["missing", { "dist/bundle/main.js": null }],
    ["ready", { "tsconfig.json": null, "src/core/inside.ts": 201 }],
  ] as const)("is %s for %j", (state, changedAt) => {
    expect(buildState(makeCheckout(changedAt))).toBe(state);
  });
});
