// @ts-check
// Carries out one step of a plan on a host.
import { TRACEFS } from "./gather-facts.js";
import { installNeeds } from "./install-needs.js";
import { checkoutOwner, npmCommand, npmEnvironment } from "./npm-command.js";

/** @typedef {import('./this-host.js').Host} Host */

/**
 * Do one step, saying what is done before it takes time.
 *
 * @param {Exclude<import('./plan.js').Step, { kind: 'open' }>} step
 * @param {Host} host
 * @returns {Promise<string | null>} null when it is done, else why not
 */
export async function perform(step, host) {
  switch (step.kind) {
    case "say":
      host.say(step.line);
      return null;
    case "npm-ci":
      host.say("installing the npm packages");
      return runNpm(["ci", "--include=dev"], host);
    case "build":
      host.say("building");
      return runNpm(["run", "--silent", "build"], host);
    case "install":
      return installNeeds(step, host);
    case "mount-tracefs":
      return mountTracefs(host);
  }
}

/**
 * Run npm in the checkout, as its owner where that is the user behind sudo.
 *
 * @param {readonly string[]} args
 * @param {Host} host
 * @returns {Promise<string | null>} null when npm succeeded, else why not
 */
export async function runNpm(args, host) {
  const npm = npmCommand(host);
  if (npm === null) return "npm was not found beside Node.js nor in the system: install npm";
  const user = checkoutOwner(host);
  const { code } = await host.run([...npm, ...args], {
    cwd: host.root,
    env: npmEnvironment(host, user),
    as: user,
  });
  return code === 0 ? null : `\`npm ${args.join(" ")}\` ended with ${code}, see above`;
}

/** @param {Host} host @returns {Promise<string | null>} */
async function mountTracefs(host) {
  const mount = host.find("mount");
  if (mount === null) return "there is no program mount";
  const { code, complaint } = await host.run([mount, "-t", "tracefs", "tracefs", TRACEFS], {
    output: "kept",
  });
  if (code !== 0) return complaint || `mount ended with ${code}`;
  host.say(`mounted tracefs on ${TRACEFS}`);
  return null;
}
