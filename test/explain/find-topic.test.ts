/** A topic is found by whatever spelling comes to mind, and typos lead near. */
import { describe, expect, it } from "vitest";
import { findTopic, suggestTopics, topics } from "../../src/explain/index.ts";

describe("findTopic", () => {
  it.each([
    ["TIME_WAIT", "TIME_WAIT"],
    ["TIME-WAIT", "TIME_WAIT"],
    ["time_wait", "TIME_WAIT"],
    ["time wait", "TIME_WAIT"],
    ["TCP_TIME_WAIT", "TIME_WAIT"],
    ["FIN-WAIT-2", "FIN_WAIT2"],
    ["fin_wait_1", "FIN_WAIT1"],
    ["ESTAB", "ESTABLISHED"],
    ["unconn", "CLOSE"],
    ["CLOSE", "CLOSE"],
    ["Close", "CLOSE"],
    ["close", "close"],
    ["close()", "close"],
    ["trigger close", "close"],
    ["tcp_fin_timeout", "tcp_fin_timeout"],
    ["net.ipv4.tcp_fin_timeout", "tcp_fin_timeout"],
    ["NET.IPV4.TCP_FIN_TIMEOUT", "tcp_fin_timeout"],
    ["net/ipv4/tcp_fin_timeout", "tcp_fin_timeout"],
    ["/proc/sys/net/ipv4/tcp_fin_timeout", "tcp_fin_timeout"],
    ["fin_timeout", "tcp_fin_timeout"],
    ["net.core.somaxconn", "somaxconn"],
    ["wave 3", "wave 3"],
    ["Wave-3", "wave 3"],
    ["3", "wave 3"],
    [" 4 ", "wave 4"],
    ["1 or 2", "lost-wave"],
    ["TW", "TW"],
    ["recv-q", "unread"],
    ["drained", "unread"],
    ["not-accepted", "accept-queue"],
    ["SO_LINGER", "linger"],
    ["Mini Socket", "mini-socket"],
    ["stuck close wait", "stuck-close-wait"],
    ["observed", "evidence"],
  ])("finds %j", (spelling, name) => {
    expect(findTopic(spelling)?.name).toBe(name);
  });

  it("finds every topic by its own name, whatever its case, save the one pair", () => {
    const strayed = topics.filter(
      ({ name }) => findTopic(name)?.name !== name || findTopic(name.toUpperCase()) === undefined,
    );
    const hidden = topics.filter(({ name }) => findTopic(name.toUpperCase())?.name !== name);
    expect(strayed).toEqual([]);
    expect(hidden.map(({ name }) => name)).toEqual(["close"]);
  });

  it.each([
    ["nothing", ""],
    ["blanks", "   "],
    ["dashes", "---"],
    ["a name that does not exist", "no such thing"],
    ["an inherited property", "__proto__"],
    ["another inherited property", "constructor"],
    ["an escape sequence", "\u001b[31m"],
    ["a megabyte", "x".repeat(1e6)],
  ])("finds nothing for %s", (_, name) => {
    expect(findTopic(name)).toBeUndefined();
  });
});

describe("suggestTopics", () => {
  it.each([
    ["tme_wait", "TIME_WAIT"],
    ["TIMEWIAT", "TIME_WAIT"],
    ["tcp_fin_timout", "tcp_fin_timeout"],
    ["clsoewait", "CLOSE_WAIT"],
    ["tw_rec", "tcp_tw_recycle"],
    ["gracefull", "graceful"],
    ["keepaliv", "keepalive"],
    ["orphans", "orphan"],
  ])("leads from %j to %s", (typo, name) => {
    expect(suggestTopics(typo)[0]).toBe(name);
  });

  it("offers nothing where nothing is near", () => {
    expect(suggestTopics("xyzzyq")).toEqual([]);
    expect(suggestTopics("")).toEqual([]);
  });

  it("gives our names only, few of them, and in no time for a long text", () => {
    const known = topics.map(({ name }) => name);
    const given = suggestTopics(`wait\u001b[31m${"wait".repeat(100_000)}`, 2);
    expect(given.length).toBeLessThanOrEqual(2);
    expect(known).toEqual(expect.arrayContaining([...given]));
  });
});
