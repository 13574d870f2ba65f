/** Who listens where: the owner of what nobody has accepted yet. */
import { describe, expect, test } from "vitest";
import { CLOSING_CALL, NETNS, peerOf, type Sock, Story, sock } from "./story.ts";

function listener(change: Partial<Sock> = {}): Sock {
  return sock({ local: "0.0.0.0", localPort: 443, remote: "0.0.0.0", remotePort: 0, ...change });
}

const child = peerOf(sock());

describe("a listener", () => {
  test("is known by its listen()", () => {
    const story = new Story().change(listener(), "CLOSE", "LISTEN", { pid: 50, comm: "nginx" });
    expect(story.trace.listenerOf(child)).toMatchObject({ port: 443, pid: 50, comm: "nginx" });
  });

  test("is known by its row, and its holder by a scan", () => {
    const story = new Story().row(listener(), "LISTEN", { inode: 77 });
    expect(story.trace.listenerOf(child)).toMatchObject({ pid: null });
    story.holder(77, 61).holder(77, 60);
    expect(story.trace.listenerOf(child)).toMatchObject({
      pid: 60,
      comm: "p60",
      holders: [60, 61],
    });
  });

  test("is held by whom the newest scan has found, whoever listened", () => {
    const story = new Story().change(listener(), "CLOSE", "LISTEN", { pid: 50, inode: 77 });
    expect(story.trace.listenerOf(child)).toMatchObject({ pid: 50, holders: [] });
    for (const pid of [62, 50, 61]) story.holder(77, pid, { scan: 1 });
    expect(story.trace.listenerOf(child)).toMatchObject({ pid: 50, holders: [50, 61, 62] });
    for (const pid of [63, 62]) story.holder(77, pid, { scan: 2 });
    expect(story.trace.listenerOf(child)).toMatchObject({ pid: 62, holders: [62, 63] });
  });

  test("at the exact address comes before one at every address", () => {
    const story = new Story();
    story.change(listener(), "CLOSE", "LISTEN", { pid: 1 });
    story.change(listener({ local: "10.0.0.2" }), "CLOSE", "LISTEN", { pid: 2 });
    expect(story.trace.listenerOf(child)?.pid).toBe(2);
    expect(story.trace.listenerOf({ ...child, local: "10.0.0.9" })?.pid).toBe(1);
  });

  test.each(["0.0.0.0", "::"])("at %s takes IPv4 connections in", (local) => {
    const story = new Story().change(listener({ local }), "CLOSE", "LISTEN", { pid: 3 });
    expect(story.trace.listenerOf({ ...child, local: "::ffff:10.0.0.2" })?.pid).toBe(3);
  });

  test("in another namespace or at another port is not it", () => {
    const story = new Story().change(listener(), "CLOSE", "LISTEN");
    expect(story.trace.listenerOf({ ...child, netns: NETNS + 1 })).toBeUndefined();
    expect(story.trace.listenerOf({ ...child, localPort: 80 })).toBeUndefined();
  });

  test("that has closed is none", () => {
    const socket = listener();
    const story = new Story()
      .change(socket, "CLOSE", "LISTEN")
      .change(socket, "LISTEN", "CLOSE", CLOSING_CALL);
    expect(story.trace.listenerOf(child)).toBeUndefined();
  });

  test("of which one of several at a port has closed is still listened at", () => {
    const [one, two] = [listener(), listener()];
    const story = new Story();
    story.change(one, "CLOSE", "LISTEN", { pid: 10, inode: 70 });
    story.change(two, "CLOSE", "LISTEN", { pid: 11, inode: 71 });
    story.change(two, "LISTEN", "CLOSE", { ...CLOSING_CALL, inode: 71 });
    expect(story.trace.listenerOf(child)).toMatchObject({ port: 443, pid: 10 });
    story.change(one, "LISTEN", "CLOSE", { ...CLOSING_CALL, inode: 70 });
    expect(story.trace.listenerOf(child)).toBeUndefined();
  });

  test("is no endpoint", () => {
    const story = new Story().change(listener(), "CLOSE", "LISTEN").row(listener(), "LISTEN");
    expect(story.endpoints).toEqual([]);
  });
});
