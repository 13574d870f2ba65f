/** Each piece of TCP folklore that was collected is answered in the topic where people look. */
import { expect, it } from "vitest";
import { findTopic } from "../../src/explain/index.ts";

it.each([
  ["FIN_WAIT1", /tcp_orphan_retries times/, /Only orphans.*106 s.*tcp_retries2/],
  ["LAST_ACK", /tcp_orphan_retries times/, /orphans by tcp_orphan_retries.*tcp_retries2/],
  ["FIN_WAIT2", /at most 60 s/, /orphans.*2\*\(T-60\).*no limit.*silent.*RST/],
  ["2MSL", /FIN_WAIT2 and TIME_WAIT both/, /tcp_fin_timeout.*constant.*longer than 60 s/],
  ["TIME_WAIT", /1 to 4 minutes/, /60 s, a constant/],
  ["2MSL", /one round trip/, /outlast.*BSD/],
  ["TIME_WAIT", /Only the client/, /closes first.*both/],
  ["FIN_WAIT1", /FIN_WAIT2 is skipped/, /both changes from one packet/],
  ["wave 3", /cannot be merged/, /Three are common/],
  ["FIN_WAIT1", /both wait for the peer's FIN/, /ACK of its own FIN/],
  ["CLOSE_WAIT", /Only close\(\) ends/, /shutdown\(SHUT_WR\).*LAST_ACK.*RST.*ss -K/],
  ["CLOSE_WAIT", /server forgot/, /Either side.*accepted.*reads.*child/],
  ["close", /always.*four-way/, /Unread data.*linger.*orphan.*RST.*last descriptor/],
  ["tcp_max_tw_buckets", /reset and logged/, /new one is not made.*no RST, no log/],
  ["TIME_WAIT", /descriptors, CPU and threads/, /256 bytes/],
  ["TIME_WAIT", /uses up its ports/, /listening port is not used up.*outgoing/],
  ["tcp_tw_reuse", /any TIME_WAIT.*default is 0/, /same four-tuple.*timestamps.*default is 2/],
  ["tcp_tw_recycle", /tcp_tw_recycle to 1/, /removed in Linux 4\.12/],
  ["tcp_fin_timeout", /get rid of TIME_WAIT/, /Neither touches TIME_WAIT/],
  ["tcp_syncookies", /cures TIME_WAIT/, /SYN floods.*default/],
  ["SO_REUSEADDR", /avoids TIME_WAIT/, /only lets bind\(\) proceed/],
  ["ip_local_port_range", /61000/, /60999/],
  ["wave 4", /never sent again/, /every duplicate FIN/],
  ["tcp_keepalive_time", /2 h 11 min 15 s/, /idle.*tcp_retries2 or TCP_USER_TIMEOUT/],
  ["active", /server always closes first/, /first FIN/],
  ["SYN_RECV", /ESTABLISHED as soon as the client has sent/, /receives.*request socket/],
])("%s answers %s", (name, claim, truth) => {
  const answers = findTopic(name)?.folklore?.filter((entry) => claim.test(entry.claim)) ?? [];
  expect(answers).toHaveLength(1);
  expect(answers[0]?.truth).toMatch(truth);
});
