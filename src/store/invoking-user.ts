/** For whom a root process writes: the user who came through sudo. */

/** The ids that a created file belongs to. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The ids of a process and the way to change them: `process`, or a stand-in. */
export interface Identity {
  geteuid(): number;
  getegid(): number;
  getgroups(): number[];
  seteuid(id: number): void;
  setegid(id: number): void;
  setgroups(groups: readonly number[]): void;
}

const ID = /^\d{1,10}$/;

/**
 * The user who called us through sudo, or null when we are not root or nobody did.
 *
 * @param env `SUDO_UID` and `SUDO_GID`, which sudo sets itself.
 */
export function invokingUser(
  env: Readonly<Record<string, string | undefined>>,
  euid: number,
): Owner | null {
  const { SUDO_UID: uid = "", SUDO_GID: gid = "" } = env;
  if (euid !== 0 || !ID.test(uid) || !ID.test(gid) || Number(uid) === 0) return null;
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Run `action` with the rights of `owner`, and take root's back.
 *
 * A user whom sudo allows this one program must not make it create files where he may not, so the
 * kernel judges his rights: effective ids and groups are his meanwhile. `action` must be
 * synchronous, for the ids belong to the whole process.
 */
export function actAs<T>(owner: Owner | null, identity: Identity, action: () => T): T {
  if (owner === null) return action();
  const groups = identity.getgroups();
  const gid = identity.getegid();
  const uid = identity.geteuid();
  try {
    identity.setgroups([owner.gid]);
    identity.setegid(owner.gid);
    identity.seteuid(owner.uid);
    return action();
  } finally {
    identity.seteuid(uid);
    identity.setegid(gid);
    identity.setgroups(groups);
  }
}
