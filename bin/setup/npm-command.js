// @ts-check
// Finds the npm to run and the user to run it as, so that sudo leaves no root-owned files behind.
import { dirname, join } from "node:path";
import { SYSTEM_PATH } from "./this-host.js";

/** @typedef {import('./this-host.js').Host} Host */
/** @typedef {{ uid: number, gid: number, name: string, home: string }} User */

/**
 * npm's own program, run by our own Node.js: the npm that started us, else the one beside Node.js,
 * else the system's. null when there is none.
 *
 * @param {Host} host
 * @returns {[string, ...string[]] | null}
 */
export function npmCommand(host) {
  const starter = host.env.npm_execpath;
  if (starter?.endsWith("/npm-cli.js") && host.exists(starter)) return [host.node, starter];
  const beside = join(dirname(host.node), "npm");
  const found = host.exists(beside) ? beside : host.find("npm");
  return found === null ? null : [host.node, found];
}

/**
 * The user behind sudo, when the checkout and all that npm and tsc write to is theirs; else null,
 * and the work is done as whoever we are. Users outside /etc/passwd have no home we know, and npm
 * cannot do without one.
 *
 * @param {Host} host
 * @returns {User | null}
 */
export function checkoutOwner(host) {
  const uid = Number(host.env.SUDO_UID);
  const gid = Number(host.env.SUDO_GID);
  if (host.uid !== 0 || !(Number.isInteger(uid) && uid > 0 && Number.isInteger(gid))) return null;
  const written = [host.root, join(host.root, "node_modules"), join(host.root, "dist")];
  if (written.some((path) => (host.ownerOf(path) ?? uid) !== uid)) return null;
  for (const line of host.read("/etc/passwd").split("\n")) {
    const [name, , id, , , home] = line.split(":");
    if (name && home && Number(id) === uid) return { uid, gid, name, home };
  }
  return null;
}

/**
 * The environment for npm and what it starts. Settings that point into another user's home are left
 * out; Node.js is put first, since tools start by `env node` and sudo may have taken it from PATH.
 *
 * @param {Host} host
 * @param {User | null} user
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment(host, user) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...host.env,
    PATH: [dirname(host.node), ...SYSTEM_PATH].join(":"),
    npm_config_update_notifier: "false",
  };
  if (user === null) return env;
  for (const name of Object.keys(env)) {
    if (/^npm_config_(cache|userconfig|prefix|init_module|logs_dir)$/i.test(name)) delete env[name];
  }
  return { ...env, HOME: user.home, USER: user.name, LOGNAME: user.name };
}
