/** Root through sudo creates files as the user who called, and only where that user may. */
import { chmodSync, chownSync, closeSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CreateError, createFile } from "../../src/store/create-file.ts";
import { invokingUser } from "../../src/store/invoking-user.ts";
import { requireRoot } from "../host/require-root.ts";
import { scratch } from "./scratch.ts";

const files = scratch();
const NOBODY = { uid: 65534, gid: 65534 };

function ids(): unknown[] {
  return [process.geteuid?.(), process.getegid?.(), process.getgroups?.()];
}

let before: unknown[];
beforeEach((ctx) => {
  requireRoot(ctx);
  before = ids();
  chmodSync(files.path("."), 0o755);
});

afterEach(() => {
  expect(ids()).toEqual(before);
});

function openToAll(name: string): string {
  mkdirSync(files.path(name));
  chmodSync(files.path(name), 0o777);
  return files.path(name);
}

test("the file belongs to the user behind sudo, with force and without", () => {
  const path = `${openToAll("shared")}/file`;
  for (const force of [false, true]) {
    closeSync(createFile(path, { owner: NOBODY, force }));
    const { uid, gid, mode } = lstatSync(path);
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ ...NOBODY, mode: 0o600 });
  }
});

test("the user behind sudo is taken from the environment", () => {
  const path = `${openToAll("by-environment")}/file`;
  process.env.SUDO_UID = "65534";
  process.env.SUDO_GID = "65534";
  try {
    closeSync(createFile(path));
  } finally {
    delete process.env.SUDO_UID;
    delete process.env.SUDO_GID;
  }
  expect(lstatSync(path).uid).toBe(65534);
});

test("where the user may not write, root does not write for him", () => {
  mkdirSync(files.path("of-root"), { mode: 0o755 });
  mkdirSync(files.path("of-root-group"));
  chownSync(files.path("of-root-group"), 0, 0);
  chmodSync(files.path("of-root-group"), 0o775);
  for (const name of ["of-root", "of-root-group"]) {
    const path = files.path(`${name}/file`);
    for (const force of [false, true]) {
      expect(() => createFile(path, { owner: NOBODY, force })).toThrow(CreateError);
      expect(() => createFile(path, { owner: NOBODY, force })).toThrow(/may not write there/);
    }
    expect(existsSync(path)).toBe(false);
  }
});

test("plain root writes as root", () => {
  closeSync(createFile(files.path("plain"), { owner: null }));
  expect(lstatSync(files.path("plain")).uid).toBe(0);
});

test("who called is believed only when we are root and sudo named a user", () => {
  const sudo = { SUDO_UID: "1000", SUDO_GID: "1001" };
  expect(invokingUser(sudo, 0)).toEqual({ uid: 1000, gid: 1001 });
  expect(invokingUser(sudo, 1000)).toBeNull();
  for (const env of [{}, { SUDO_UID: "1000" }, { SUDO_UID: "0", SUDO_GID: "0" }]) {
    expect(invokingUser(env, 0)).toBeNull();
  }
  for (const uid of ["-1", "1e3", " 7", "0x10", "99999999999"]) {
    expect(invokingUser({ SUDO_UID: uid, SUDO_GID: "1" }, 0)).toBeNull();
  }
});
