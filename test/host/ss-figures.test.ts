/** The byte counts of `ss -i`: rows captured on 6.18 with ss 6.1, and rows that lie. */
import { expect, test } from "vitest";
import { parseSsRow } from "../../src/host/ss-row.ts";

const closeWait =
  "CLOSE-WAIT 3      0       127.0.0.1:42159 127.0.0.1:37152 ino:2213491 sk:15951 cgroup:/ --> ts sack bbr wscale:10,10 rto:204 rtt:0.041/0.017 ato:40 mss:35328 pmtu:65535 rcvmss:536 advmss:65483 cwnd:11 bytes_sent:1000 bytes_acked:1000 bytes_received:6 segs_out:3 segs_in:5 data_segs_out:1 data_segs_in:1 send 75825951220bps lastsnd:1720 lastrcv:1824 lastack:1720 delivered:2 app_limited rcv_space:65483 minrtt:0.037 snd_wnd:70656     ";

const parse = (line: string) => parseSsRow(line, 1, null);

test("acknowledged and received bytes", () => {
  expect(parse(closeWait)).toMatchObject({
    state: "CLOSE_WAIT",
    recvQ: 3,
    bytesAcked: 1000,
    bytesReceived: 6,
  });
});

test("a count of 0 is left out by ss, and is 0", () => {
  const line = closeWait.replace(" bytes_acked:1000", "").replace(" bytes_received:6", "");
  expect(parse(line)).toMatchObject({ bytesAcked: 0, bytesReceived: 0 });
});

test("without -i, and for a mini-socket, there are none", () => {
  const plain = closeWait.slice(0, closeWait.indexOf(" ts sack"));
  const mini = `FIN-WAIT-2 0 0 10.0.0.1:5 10.0.0.2:6 timer:(timewait,40sec,0) ino:0 sk:1f${" ".repeat(90)}`;
  for (const line of [plain, `${plain}   `, mini]) {
    expect(parse(line)).not.toBeNull();
    expect(parse(line)).not.toHaveProperty("bytesAcked");
    expect(parse(line)).not.toHaveProperty("bytesReceived");
  }
});

test("the name of a control group cannot pass for a count", () => {
  const forged = "/x <-> cwnd:1 bytes_acked:99 bytes_received:99";
  const line = closeWait.replace("cgroup:/", `cgroup:${forged}`);
  expect(parse(line)).toMatchObject({ bytesAcked: 1000, bytesReceived: 6 });
  const silent = line.replace("bytes_acked:1000", "").replace("bytes_received:6", "");
  expect(parse(silent)).toMatchObject({ bytesAcked: 0, bytesReceived: 0 });
});
