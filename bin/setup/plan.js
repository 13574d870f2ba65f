// @ts-check
// Decides from the facts what `npm start` and `npm test` do, in order; touches nothing itself.
import { findObstacle } from "./obstacle.js";

/**
 * @typedef {{ kind: 'npm-ci' } | { kind: 'build' } | { kind: 'mount-tracefs' }
 *   | { kind: 'say', line: string } | Install | Open} Step
 */
/**
 * @typedef {object} Install
 * @property {'install'} kind
 * @property {import('./package-manager.js').Manager} manager
 * @property {readonly import('./needs.js').Need[]} needs
 * @property {boolean} isCatalogueEmpty
 * @property {boolean} asks
 */
/**
 * @typedef {object} Open
 * @property {'open'} kind
 * @property {'live' | 'demo'} what
 * @property {import('./obstacle.js').Obstacle | null} because why it is not the live dashboard
 */

/**
 * The steps to the dashboard. It is asked anew after each step, with the facts as they then are:
 * the tracepoints, for one, cannot be seen before tracefs is mounted.
 *
 * @param {import('./gather-facts.js').Facts} facts
 * @param {{ wantsDemo: boolean, saidYes: boolean }} request
 * @param {import('./obstacle.js').Setbacks} [setbacks]
 * @returns {Step[]}
 */
export function planStart(facts, request, setbacks) {
  const steps = planCheckout(facts);
  if (request.wantsDemo) return [...steps, { kind: "open", what: "demo", because: null }];
  const obstacle = findObstacle(facts, setbacks);
  if (obstacle) return [...steps, { kind: "open", what: "demo", because: obstacle }];
  if (!facts.hasTracefs) steps.push({ kind: "mount-tracefs" });
  steps.push(...planInstall(facts, request.saidYes));
  return [...steps, { kind: "open", what: "live", because: null }];
}

/**
 * The steps before the tests. Nothing here stops them: a live test that cannot run says so itself.
 *
 * @param {import('./gather-facts.js').Facts} facts
 * @param {{ saidYes: boolean }} request
 * @returns {Step[]}
 */
export function planTest(facts, request) {
  const steps = planCheckout(facts);
  if (!facts.isRoot) {
    return [
      ...steps,
      {
        kind: "say",
        line: "not root: the live tests will be skipped; `sudo npm test` runs them too",
      },
    ];
  }
  const isMountable = facts.platform === "linux" && !facts.hasTracefs;
  if (isMountable) steps.push({ kind: "mount-tracefs" });
  return [...steps, ...planInstall(facts, request.saidYes)];
}

/**
 * New packages can bring a new compiler, so the build follows them.
 *
 * @param {import('./gather-facts.js').Facts} facts
 * @returns {Step[]}
 */
function planCheckout({ packages, build }) {
  /** @type {Step[]} */
  const steps = [];
  if (packages !== "ready") steps.push({ kind: "npm-ci" });
  if (packages !== "ready" || build !== "ready") steps.push({ kind: "build" });
  return steps;
}

/**
 * @param {import('./gather-facts.js').Facts} facts
 * @param {boolean} saidYes
 * @returns {Step[]}
 */
function planInstall({ missing, manager, isCatalogueEmpty, canAsk }, saidYes) {
  if (missing.length === 0) return [];
  const names = missing.map((need) => need.programs[0]).join(", ");
  if (manager === null) {
    return [{ kind: "say", line: `no known package manager here: install ${names} by hand` }];
  }
  const needs = missing.filter((need) => need.packages[manager.name] !== null);
  const unknown = missing.filter((need) => need.packages[manager.name] === null);
  /** @type {Step[]} */
  const steps = unknown.map((need) => ({
    kind: "say",
    line: `no ${manager.name} package known that brings ${need.programs[0]}: install it by hand`,
  }));
  if (needs.length === 0) return steps;
  return [
    ...steps,
    { kind: "install", manager, needs, isCatalogueEmpty, asks: canAsk && !saidYes },
  ];
}
