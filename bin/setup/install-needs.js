// @ts-check
// Installs the packages behind unmet needs, after asking, and leaves no daemon running.
import { disableServices, forbidAutostart } from "./forbid-autostart.js";
import { installAttempts } from "./package-manager.js";
import { SYSTEM_PATH } from "./this-host.js";

/** @typedef {import('./this-host.js').Host} Host */
/** @typedef {import('./needs.js').Need} Need */

/**
 * Carry out one install step.
 *
 * @param {import('./plan.js').Install} step
 * @param {Host} host
 * @returns {Promise<string | null>} null when all is installed, else why not
 */
export async function installNeeds(step, host) {
  const { manager } = step;
  host.say(`needs ${step.needs.map((need) => describe(need, manager)).join(", ")}`);
  if (
    step.asks &&
    !host.ask(`Install ${step.needs.length === 1 ? "it" : "them"} with ${manager.program}?`)
  ) {
    return "you declined the install";
  }
  // Only Debian's packages start and enable their daemons; elsewhere an administrator does.
  const daemons = manager.name === "apt" ? step.needs.filter((need) => need.service) : [];
  const services = daemons.flatMap((need) => need.service ?? []);
  const allowAgain = await forbidAutostart(services, host);
  if (allowAgain === null) host.say(`left out ${services.join(", ")}: it would start at once here`);
  const needs = step.needs.filter((need) => allowAgain !== null || !daemons.includes(need));
  try {
    return await tryInstall(needs, step, host);
  } finally {
    allowAgain?.();
    const installed = daemons.filter((need) =>
      need.programs.some((one) => host.find(one) !== null),
    );
    await disableServices(
      installed.flatMap((need) => need.service ?? []),
      host,
    );
  }
}

/** @param {Need} need @param {import('./package-manager.js').Manager} manager */
function describe(need, manager) {
  const [program] = need.programs;
  const name = need.packages[manager.name];
  return `${name}${name === program ? "" : `, for ${program}`} (${need.duty})`;
}

/**
 * All packages together; where that fails, one by one, so that one unknown name costs only itself.
 *
 * @param {readonly Need[]} needs
 * @param {import('./plan.js').Install} step
 * @param {Host} host
 * @returns {Promise<string | null>}
 */
async function tryInstall(needs, { manager, isCatalogueEmpty }, host) {
  const packages = needs.flatMap((need) => need.packages[manager.name] ?? []);
  if (packages.length === 0) return null;
  for (const commands of installAttempts(manager, packages, isCatalogueEmpty)) {
    if (await runAll(commands, host)) return null;
  }
  if (packages.length === 1) return `${manager.program} could not install ${packages[0]}`;
  const failed = [];
  for (const name of packages) {
    if (!(await runAll([[...manager.install, name]], host))) failed.push(name);
  }
  return failed.length === 0 ? null : `${manager.program} could not install ${failed.join(", ")}`;
}

/** @param {readonly import('./package-manager.js').Command[]} commands @param {Host} host */
async function runAll(commands, host) {
  const env = {
    ...host.env,
    PATH: SYSTEM_PATH.join(":"),
    DEBIAN_FRONTEND: "noninteractive",
    NEEDRESTART_SUSPEND: "1",
  };
  for (const [program, ...args] of commands) {
    const { code } = await host.run([host.find(program) ?? program, ...args], { env });
    if (code !== 0) return false;
  }
  return true;
}
