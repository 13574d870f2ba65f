/** Where namespaces are found. */
import { readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import {
  NamespaceScanner,
  parseNamespaceLink,
  parseNamespaceMounts,
} from "../../src/host/namespaces.ts";

test("mounted namespaces are told from files and other mounts", () => {
  const mountinfo = [
    "44 43 0:4 net:[4026532177] /run/netns/blue rw shared:2 - nsfs nsfs rw",
    "45 43 0:4 net:[4026532177] /run/docker/netns/1-abc rw - nsfs nsfs rw",
    "46 43 0:4 mnt:[4026532200] /run/snapd/ns/lxd.mnt rw - nsfs nsfs rw",
    "47 43 0:4 net:[4026532300] /run/netns/with\\040space rw - nsfs nsfs rw",
    "48 43 0:25 net:[4026532999] /home/net rw - tmpfs tmpfs rw",
    "",
  ].join("\n");
  expect([...parseNamespaceMounts(mountinfo)]).toEqual([
    [4026532177, "/run/netns/blue"],
    [4026532300, "/run/netns/with space"],
  ]);
});

test("only a network namespace has a network namespace's inode", () => {
  expect(parseNamespaceLink("net:[4026531833]")).toBe(4026531833);
  expect(parseNamespaceLink("pid:[4026531836]")).toBeNull();
});

test("our own namespace is found, is ours, and is new only once", async () => {
  const scanner = new NamespaceScanner();
  const inode = parseNamespaceLink(readlinkSync("/proc/self/ns/net")) ?? -1;
  const first = await scanner.scan();
  expect(first.namespaces.get(inode)).toMatchObject({ isOwn: true, pid: process.pid });
  expect(first.added).toContain(inode);
  const second = await scanner.scan();
  expect(second.added).not.toContain(inode);
  expect(second.gone).not.toContain(inode);
});
