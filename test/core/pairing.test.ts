/** Which two endpoints are each other's peer, and which only look as if they were. */
import { describe, expect, test } from "vitest";
import { ACK, FIN, NETNS, peerOf, type Sock, Story, sock } from "./story.ts";

const OTHER = NETNS + 1;

function peers(story: Story, one: Sock, two: Sock): boolean {
  const [a, b] = [story.of(one), story.of(two)];
  return a.peer === b && b.peer === a && !a.hasDoubtfulPeer && !b.hasDoubtfulPeer;
}

describe("both ends on this host", () => {
  test.each([
    ["over loopback", {}, {}],
    ["between two namespaces", {}, { netns: OTHER }],
    [
      "an IPv4 client and a server that listens on ::",
      { local: "10.0.0.1", remote: "10.0.0.2" },
      { local: "::ffff:10.0.0.2", remote: "::ffff:10.0.0.1" },
    ],
    ["over IPv6", { local: "2001:db8::1", remote: "2001:db8::2" }, {}],
    ["with equal addresses", { local: "127.0.0.1", remote: "127.0.0.1" }, {}],
  ])("%s", (_, here, there) => {
    const client = sock(here);
    const server = peerOf(client, there);
    const story = new Story().connect(client).accept(server);
    expect(peers(story, client, server)).toBe(true);
  });

  test("both older than the trace, from the socket table", () => {
    const client = sock();
    const server = peerOf(client, { netns: OTHER });
    const story = new Story().at(1).row(client, "ESTABLISHED").row(server, "ESTABLISHED");
    expect(peers(story, client, server)).toBe(true);
  });

  test("a child whose peer the kernel names only later (up to 6.12)", () => {
    const client = sock();
    const server = peerOf(client);
    const story = new Story().connect(client);
    story.change({ ...server, remote: "0.0.0.0", remotePort: 0 }, "LISTEN", "SYN_RECV");
    story.change(server, "SYN_RECV", "ESTABLISHED");
    expect(peers(story, client, server)).toBe(true);
    expect(story.endpoints).toHaveLength(2);
  });

  test("a client that has closed before the server's child is told", () => {
    const client = sock();
    const server = peerOf(client);
    const story = new Story().connect(client).at(1).change(client, "ESTABLISHED", "FIN_WAIT1");
    story.at(2).child(server);
    expect(peers(story, client, server)).toBe(true);
  });
});

describe("no peer", () => {
  test("the other end is elsewhere", () => {
    const client = sock();
    const story = new Story().connect(client);
    expect([story.of(client).peer?.id, story.of(client).hasDoubtfulPeer]).toEqual([
      undefined,
      false,
    ]);
  });

  test("the same tuple the same way round is no peer", () => {
    const client = sock();
    const twin = sock({ netns: OTHER });
    const story = new Story().connect(client).connect(twin);
    expect([story.of(client).peer?.id, story.of(client).hasDoubtfulPeer]).toEqual([
      undefined,
      false,
    ]);
  });

  test("a socket without its ports meets nobody", () => {
    const client = sock();
    const server = peerOf(client);
    const story = new Story().accept(server);
    story.change({ ...client, localPort: 0 }, "CLOSE", "SYN_SENT");
    expect(story.of(server).peer).toBeNull();
  });
});

describe("two pairs of containers with equal addresses", () => {
  const pairs = [0, 1].map((i) => {
    const client = sock({ netns: NETNS + 10 * i });
    return { client, server: peerOf(client, { netns: NETNS + 10 * i + 1 }) };
  });
  const [one, two] = pairs as [(typeof pairs)[0], (typeof pairs)[0]];

  test("that connect at the same time stay apart, and say so", () => {
    const story = new Story();
    story.connect(one.client).connect(two.client).accept(one.server).accept(two.server);
    for (const { client, server } of pairs) {
      for (const end of [client, server]) {
        expect([story.of(end).peer?.id, story.of(end).hasDoubtfulPeer]).toEqual([undefined, true]);
      }
    }
  });

  test("that connect one after the other find each their own", () => {
    const story = new Story();
    for (const { client, server } of pairs) story.connect(client).accept(server);
    for (const { client, server } of pairs) expect(peers(story, client, server)).toBe(true);
  });

  test("within one namespace loopback comes first", () => {
    const story = new Story();
    const local = peerOf(one.client);
    story.connect(two.client).connect(one.client).accept(local);
    expect(peers(story, one.client, local)).toBe(true);
    expect(story.of(two.client).peer).toBeNull();
  });
});

describe("a tuple that is used again", () => {
  const client = sock();
  const server = peerOf(client);

  function life(story: Story, ms: number, from: Sock, to: Sock): void {
    story.at(ms).connect(from).accept(to);
    story
      .at(ms + 1)
      .closeFirst(from)
      .finCame(to)
      .closeSecond(to);
    story.at(ms + 2).segment(from, FIN | ACK);
  }

  test("pairs each generation with its own", () => {
    const story = new Story();
    const lives = Array.from({ length: 5 }, (_, i) => {
      const from = { ...client, sk: `ffff88820000${i}000` };
      const to = { ...server, sk: `ffff88830000${i}000` };
      life(story, 10 * i, from, to);
      return i;
    });
    const { endpoints } = story;
    expect(endpoints).toHaveLength(2 * lives.length);
    expect(endpoints.map(({ peer }) => peer?.id)).toEqual(
      endpoints.map((_, i) => `e${(i ^ 1) + 1}`),
    );
  });

  test("does not pair a new client with the TIME_WAIT that its SYN is about to end", () => {
    const story = new Story();
    // The server's TIME_WAIT is older than the trace; its own client is long gone.
    story.at(1).row(server, "TIME_WAIT", { timer: "timewait", timerMs: 50_000, inode: 0 });
    story
      .at(10)
      .connect(client)
      .accept({ ...server, sk: "ffff888400001000" });
    expect(story.endpoints.map(({ state }) => state)).toEqual([
      "CLOSE",
      "ESTABLISHED",
      "ESTABLISHED",
    ]);
    expect(story.endpoints.map(({ peer }) => peer?.id)).toEqual([undefined, "e3", "e2"]);
  });

  test("does not pair with a generation whose end was missed", () => {
    const story = new Story();
    story.at(1).connect(client).accept(server);
    // Both ends are missed; the same tuple connects again, from the client's side first.
    story.at(5000).connect({ ...client, sk: "ffff888400002000" });
    expect(story.endpoints.map(({ peer }) => peer?.id)).toEqual(["e2", "e1", undefined]);
    story.accept({ ...server, sk: "ffff888400003000" });
    expect(story.endpoints.map(({ peer }) => peer?.id)).toEqual(["e2", "e1", "e4", "e3"]);
    expect(story.endpoints.map(({ verdict }) => verdict)).toEqual([
      "unknown",
      "unknown",
      null,
      null,
    ]);
  });
});
