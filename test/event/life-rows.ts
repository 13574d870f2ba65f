/** Rows of lives_out.bt as Linux 6.18.44 (x86-64, HZ=250) printed them, bpftrace 0.17.0. */

/** A moment just before the rows, boot clock. */
export const LIFE_ORIGIN_NS = 0xd5d_0000_0000n;

/**
 * A plain life of each end, one that lasts in CLOSE_WAIT, one whose closer is another process than
 * who accepted it, one before its RST and the RST, a listener's change, IPv4 in IPv6, IPv6 behind
 * its addresses, a life before close() follows shutdown() and that close(), one older than the trace.
 */
export const LIFE_ROWS = {
  lifeActive:
    "P d5d5d2b8ece 0 2 ffff88835b316f00 15da50139d592 13bd978013bfa58 214501000e8001 163f02030357 effffff99322a8d5 100007f0100007f 500000001 3e00000000 0 0 10000 0 python3\n",
  lifePassive:
    "P d5d5d2d142d 0 3 ffff88835b314a00 17530139111b 13a3601013b79db 31890000000ba2 163f02038397 effffff9a8d59322 100007f0100007f 6 2100000005 b03100000005 1158f0000f487 10000 6b249900000006 python3\n",
  lifeLasting:
    "P d5d73132ff2 0 11 ffff88835b316f00 162600012e90 1e5a4eda 3180000000002 2000000 effffff9a8d59336 100007f0100007f 1 1a00000000 0 0 0 6b24a200000001 python3\n",
  lifeForked:
    "P d5daeb7bf24 1 2 ffff88835b314a00 14c80652f0b3 65ac210065d365c 31890000000ba2 166b02038397 effffff9a8d59342 100007f0100007f 1 1c00000000 0 5de8700000000 10000 6b24a400000001 a child -- x\n",
  lifeResetBefore:
    "P d7420927eb8 1 1b ffff8881225d3780 34cc00000000 1936d3 310000000000 2000000 effffff9a8d5deea 100007f0100007f 0 2500000000 0 0 0 0 python3\n",
  lifeReset:
    "T d7420abb58b 1 1d ffff8881225d3780 effffff9a8d5deea 0 100007f 0 100007f 6802000017 0 2500010000 0 0 1e6c006b3987 python3\n",
  lifeNone:
    "T d5d5d2a7fde 0 1 ffff88835b315c80 effffff9a8d50000 0 100007f 0 0 200807a 0 0 0 0 163f006b2497 python3\n",
  lifeMapped:
    "P d5d6bdd182d 0 d ffff88819285c440 19160136bb2e 137c70801386a27 31890000000ba2 163f0c038397 effffff9a8d59332 100007f0100007f 6 1d00000005 50dc00000005 e0190000bfd9 10000 6b249f00000006 python3\n",
  lifeSix:
    "P d5d6466362c 0 9 ffff88819285b0c0 17df013622f0 137014f0137f34b 31890000000ba2 163f0a038397 effffff9a8d5d916 600007f0600007f 6 1f00000005 529e00000005 cf770000ae46 10000 6b249c00000006 python3\n",
  lifeSixAddresses: "V d5d6466362c 0 8 ffff88819285b0c0 0 1000000 0 1000000\n",
  lifeHalfClosed:
    "P d5dbbc5c085 0 1d ffff88835b310940 18e87000360eb 294f3a0304d3b5 214501000a0000 163f02000000 effffff99356a8d5 100007f0100007f 1 17800000000 0 0 ffcb 0 python3\n",
  lifeAgain:
    "T d5dbeca943a 0 1e ffff88835b310940 effffff99356a8d5 0 100007f 0 100007f 2030257 1 17800010000 0 1 163f006b24a7 python3\n",
  lifeOlder:
    "P d5dfd74a4f0 0 2b ffff88819285eb40 1 7b01000207d9 890000040ba2 163f0a038397 effffff9a8d5d924 600007f0600007f 1 2300000000 0 0 10000 6b24ab00000001 python3\n",
} as const;
