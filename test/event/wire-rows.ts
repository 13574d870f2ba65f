/** Rows as the probes printed them on Linux 6.18.44 (x86-64, HZ=250) with bpftrace 0.17.0. */

/** A moment just before the rows, boot clock: their `t` are small numbers. */
export const ORIGIN_NS = 0x46b_0000_0000n;

/** The reasons that the rows name, from the same kernel's format of `tcp:tcp_send_reset`. */
export const REASONS: ReadonlyMap<number, string> = new Map([
  [9, "TCP_TIMEWAIT_SOCKET"],
  [11, "TCP_ABORT_ON_CLOSE"],
  [14, "TCP_STATE"],
]);

/** One row of each form; loopback, so client and server take turns. */
export const ROWS = {
  connect:
    'S 46b9350d037 1 2 ffff88812902c0c0 f00008bf 2 0 100007f 0 100007f 0 90f7 72 0 0 0 1 0 0 0 0 0 0 0 0 26c6e9 18603 q"a b\\c\u00e9 z\n',
  child:
    "S 46b96b66569 1 13 ffff88810a2ae180 f00008bf a 0 1000000 0 1000000 99eb a5d0 a3 0 0 0 0 0 0 0 0 0 0 0 0 0 18603 sixteen-bytes-x\n",
  close:
    'S 46b93718586 1 7 ffff88812902c0c0 f00008bf 2 0 100007f 0 100007f dc12 90f7 14 0 3 0 1 0 1 0 0 10000 25 5 0 26c6e9 18603 q"a b\\c\u00e9 z\n',
  closeWait:
    "S 46b9a103296 1 25 ffff88810a2aa700 f00008bf a 0 ffff00000100007f 0 ffff00000100007f 8987 a7a6 18 2 1 0 0 0 0 1 0 10000 40 0 1 26c6f0 18603 a b  c \n",
  miniBirth:
    "S 46d61e1e830 1 1c ffff88812902a500 f0000151 2 0 100007f 0 100007f e698 1e61 57 1 3 0 0 0 0 0 0 10000 216 0 0 0 22 ksoftirqd/1\n",
  linger:
    "S 46ba674696e 1 4c ffff88810a2ae180 f00008bf a 0 1000000 0 1000000 e97a 9d73 17 10 3 0 1 0 1 0 0 ffb8 21 0 0 26c6f8 18603 l1\nl2 9 FIN\n",
  blindTransition:
    "S 46fe4327b6e 1 6 ffff88812902e5c0 0 2 0 ::ffff:127.0.0.1 0 ::ffff:127.0.0.1 aeb2 ebbd 14 - - - - - - - - - - - - - 18828 python3\n",
  blindTransition6:
    "S 46fe435d73a 1 d ffff88810a2aa700 0 a 0 ::1 0 ::1 0 e99f 72 - - - - - - - - - - - - - 18828 python3\n",
  lossProbe:
    "R 46d3cafda63 1 17 ffff88812902a500 f0000151 2 0 100007f 0 100007f e698 1e61 4 11 b8977156 b8977157 0 5 0 0 32 1\n",
  timeout:
    "R 46d61a44376 1 19 ffff88812902a500 f0000151 2 0 100007f 0 100007f e698 1e61 4 11 b8977156 b8977157 0 0 4 1 64 1\n",
  dataResent:
    "R 46e31bb2d2b 1 47 ffff888129028940 f0000151 2 0 100007f 0 100007f c252 1e62 4 18 11ee50c0 11ee50c3 0 5 3 0 33 1\n",
  synResent:
    "R 46eb33de8a5 1 53 ffff88812902e5c0 f0000151 2 0 100007f 0 100007f b3d6 1e63 2 2 f37ca409 f37ca40a 0 0 4 0 fa 0\n",
  blindResent:
    "R 46ff0d00874 1 1f ffff88812902a500 0 0 0 ::ffff:127.0.0.1 0 ::ffff:127.0.0.1 aebe ebbd - - - - - - - - - -\n",
  resetSent: "X 46ba6764e73 1 4f ffff88810a2ae180 f00008bf a 0 1000000 0 1000000 e97a 9d73 7 e 0\n",
  resetByMini:
    "X 46da850bc1e 1 36 ffff888125f42d00 f0000151 2 0 100007f 0 100007f eb9c a171 6 9 1\n",
  resetReceived: "Y 46ba7b3f687 1 53 ffff88812902d340 f00008bf 2 0 100007f 0 100007f a32a 1 2\n",
  accept: 'A 46b9369c348 1 6 ffff88812902a500 f00008bf 5 18603 q"a b\\c\u00e9 z\n',
  read: "F 46b9a10d428 1 26 ffff88810a2aa700 f00008bf 0 18603 a b  c \n",
  use: "U 164f72fc33de 1 7 ffff88843d009bc0 effffff9 c9451e 0 19307 python3\n",
  readLast: 'F 46b93877d1b 1 9 ffff88812902a500 f00008bf 5 18603 q"a b\\c\u00e9 z\n',
  letGo: "D 46ba303c6bd 1 44 ffff88812902a500 f00008bf 18603 l1\nl2 9 FIN\n",
  finalFin: "W 46da3074a58 1 1f ffff888125f42a00 f0000151 2 0 100007f 0 100007f e698 1e61 6 11 1\n",
  miniKilled:
    "W 46da851699f 1 37 ffff888125f42d00 f0000151 2 0 100007f 0 100007f eb9c a171 5 18 0\n",
  miniEnd: "E 46de16ebb3b 1 3b ffff888125f42f00 f0000151 2 0 100007f 0 100007f e91e a1bd 5\n",
} as const;

/** The name of one of them. */
export type RowName = keyof typeof ROWS;
