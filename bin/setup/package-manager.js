// @ts-check
// What each Linux package manager is called, how one is chosen, and the commands it is given.

/** @typedef {import('./needs.js').ManagerName} ManagerName */
/** @typedef {readonly [program: string, ...args: string[]]} Command */
/**
 * @typedef {object} Manager
 * @property {ManagerName} name
 * @property {string} program
 * @property {readonly string[]} systems os-release ids, also of relatives through ID_LIKE
 * @property {string | null} catalogue where a fetched package list leaves files; null: fetched by itself
 * @property {Command | null} refresh
 * @property {boolean} mayRefresh whether refreshing does no harm when packages are installed already
 * @property {Command} install
 */

/** @type {readonly Manager[]} */
export const MANAGERS = [
  {
    name: "apt",
    program: "apt-get",
    systems: ["debian", "ubuntu"],
    catalogue: "/var/lib/apt/lists",
    refresh: ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=60", "update"],
    mayRefresh: true,
    install: [
      "apt-get",
      "-q",
      "-y",
      "--no-install-recommends",
      "-o",
      "DPkg::Lock::Timeout=60",
      "install",
    ],
  },
  {
    name: "dnf",
    program: "dnf",
    systems: ["fedora", "rhel", "centos"],
    catalogue: null,
    refresh: null,
    mayRefresh: false,
    install: ["dnf", "-y", "--setopt=install_weak_deps=False", "install"],
  },
  {
    name: "apk",
    program: "apk",
    systems: ["alpine"],
    catalogue: null,
    refresh: null,
    mayRefresh: false,
    install: ["apk", "add", "--no-cache"],
  },
  {
    // A refresh without a full upgrade can break an Arch host, so only a host that never had one gets it.
    name: "pacman",
    program: "pacman",
    systems: ["arch"],
    catalogue: "/var/lib/pacman/sync",
    refresh: ["pacman", "-Sy", "--noconfirm"],
    mayRefresh: false,
    install: ["pacman", "-S", "--needed", "--noconfirm"],
  },
  {
    name: "zypper",
    program: "zypper",
    systems: ["suse", "opensuse"],
    catalogue: null,
    refresh: null,
    mayRefresh: false,
    install: ["zypper", "--non-interactive", "install", "--no-recommends"],
  },
];

/**
 * The manager of this system: the one its os-release names, since some distributions also ship the
 * manager of another; else the first that is there.
 *
 * @param {string} osRelease text of /etc/os-release, may be empty
 * @param {(program: string) => boolean} hasProgram
 * @returns {Manager | null}
 */
export function choosePackageManager(osRelease, hasProgram) {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?=["']?([^"'\n]*)/gm)].flatMap(([, value]) =>
    (value ?? "").split(" "),
  );
  const present = MANAGERS.filter((manager) => hasProgram(manager.program));
  return (
    present.find(({ systems }) => systems.some((id) => ids.includes(id))) ?? present[0] ?? null
  );
}

/**
 * The attempts at an install, each a row of commands that must all succeed; a later attempt is for
 * when the one before failed. A package list that is there may be outdated, and apt then asks for
 * files the mirror no longer has, so its second attempt fetches the list first.
 *
 * @param {Manager} manager
 * @param {readonly string[]} packages
 * @param {boolean} isCatalogueEmpty
 * @returns {Command[][]}
 */
export function installAttempts(manager, packages, isCatalogueEmpty) {
  /** @type {Command} */
  const install = [...manager.install, ...packages];
  if (manager.refresh === null) return [[install]];
  if (isCatalogueEmpty) return [[manager.refresh, install]];
  return manager.mayRefresh ? [[install], [manager.refresh, install]] : [[install]];
}
