// @ts-check
// The way from a checkout to the open dashboard: plan, do the first step, look again.
import { join } from "node:path";
import { gatherFacts } from "./gather-facts.js";
import { perform } from "./perform.js";
import { planStart } from "./plan.js";
import { Interrupted } from "./run-command.js";

/** @typedef {import('./this-host.js').Host} Host */

const HELP = `Usage: sudo npm start -- [--yes] [--demo] [options of lastack live]

Sets up what is missing (npm packages, the build, bpftrace and iproute2, tracefs) and opens the live
dashboard. Without root, or where the host cannot trace, it says why and opens the same dashboard on
a bundled recording.

  -y, --yes   install system packages without asking
  --demo      open the bundled recording at once
  -h, --help  show this; \`node bin/lastack.js live --help\` lists all other options
`;

/** Not permitted, or the host cannot trace. */
const CANNOT_TRACE = 4;

/**
 * Set up and open the dashboard.
 *
 * @param {readonly string[]} args of the user; what is not ours goes to the dashboard
 * @param {Host} host
 * @returns {Promise<number>} the exit code
 */
export async function start(args, host) {
  if (args.includes("-h") || args.includes("--help")) {
    host.print(HELP);
    return 0;
  }
  const request = {
    wantsDemo: args.includes("--demo"),
    saidYes: args.includes("-y") || args.includes("--yes"),
  };
  const rest = args.filter((arg) => !["-y", "--yes", "--demo"].includes(arg));
  try {
    const open = await setUp(request, host);
    if (open === null) return 1;
    if (open.what === "live") return await openLive(rest, host);
    if (open.because === null) return await host.launch([...demo(host), ...rest]);
    host.say(`no live view: ${open.because.why}; ${open.because.next}. ${left(rest)}`);
    return await host.launch([...demo(host), ...looks(rest)]);
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    throw error;
  }
}

/**
 * @param {{ wantsDemo: boolean, saidYes: boolean }} request
 * @param {Host} host
 * @returns {Promise<import('./plan.js').Open | null>} null when not even the demo can be opened
 */
async function setUp(request, host) {
  /** @type {import('./obstacle.js').Setbacks} */
  const setbacks = {};
  /** @type {Partial<import('./gather-facts.js').Facts>} */
  const done = {};
  for (;;) {
    const facts = { ...gatherFacts(host, "run"), ...done };
    const [step] = planStart(facts, request, setbacks);
    if (step === undefined || step.kind === "open") return step ?? null;
    const failure = await perform(step, host);
    if (step.kind === "npm-ci" || step.kind === "build") {
      if (failure !== null) {
        host.say(`cannot set up: ${failure}: mend that, then start again`);
        return null;
      }
      // By what was done, not by modification times: after a clock went backwards they never agree.
      if (step.kind === "npm-ci") done.packages = "ready";
      done.build = step.kind === "build" ? "ready" : "old";
    } else if (step.kind === "install") {
      setbacks.install = failure ?? `${step.manager.program} is done, and it is still not here`;
    } else if (step.kind === "mount-tracefs") {
      setbacks.mount = failure ?? "mounted, and it still does not show";
    }
  }
}

/**
 * Open the live dashboard; where the tracer itself finds that it may not or cannot trace, it has
 * said so in its own line.
 *
 * @param {readonly string[]} rest
 * @param {Host} host
 */
async function openLive(rest, host) {
  const code = await host.launch(["live", ...rest]);
  if (code !== CANNOT_TRACE) return code;
  host.say(left(rest));
  return host.launch([...demo(host), ...looks(rest)]);
}

/** @param {Host} host */
function demo(host) {
  return ["replay", join(host.root, "test/recordings/demo.ndjson"), "--demo"];
}

/**
 * A filter or a duration meant for this host would hide the recording, or be refused by it.
 *
 * @param {readonly string[]} args
 */
function looks(args) {
  return args.filter((arg) => arg === "--no-color");
}

/** @param {readonly string[]} args */
function left(args) {
  const dropped = args.length > looks(args).length ? ", without your options" : "";
  return `Showing the bundled recording instead${dropped}`;
}
