/** Rows of lives.bt and lives_tick.bt as Linux 6.18.44 (x86-64, HZ=250) printed them, bpftrace 0.17.0. */

/** A moment just before the rows, boot clock. */
export const LIFE_ORIGIN_NS = 0x3c7_0000_0000n;

/**
 * A plain life of each end, one that lasts in CLOSE_WAIT, one whose closer is another process than
 * who accepted it, one that ends by RST, and a change of a socket that is not held.
 */
export const LIFE_ROWS = {
  lifeActive:
    "L 3c77d2616e7 0 e ffff888102cadc80 3c77d206898 3c77d218133 3c77d2407db 3c77d255d3e 214500000e8001 10000 0 10000001c86 0 0 0 0 effffff9b5d6a43d 0 100007f 0 100007f 3000002030357 1 2100010000 5 1 1c8600000000  -- python3\n",
  lifePassive:
    "L 3c77d26a19b 0 f ffff888102caa500 3c77d21d603 3c77d222177 3c77d2449d7 3c77d251a98 31890000000ba2 10000 149aeb00000006 1c86 3c77d22913e 500001c86 5000063c2 3c77d24db45 effffff9a43db5d6 0 100007f 0 100007f 3000002038397 0 3a00010000 0 6 1c8600000000 python3 -- python3\n",
  lifeLasting:
    "L 3c79bb78d94 0 14 ffff888102cadc80 3c77d29eaec 3c77d2a2d92 3c77d2ccf9f 0 3180000000002 0 149aed00000001 0 3c77d2bac17 500001c86 0 0 effffff9a43db5dc 0 100007f 0 100007f 1000002000200 1 2600010000 0 1 149aed python3 -- \n",
  lifeForked:
    "L 3c7b3be62f2 0 2b ffff88821af94a00 3c7affe2080 3c7affe645c 3c7b268dba5 3c7b3bceda0 31890000000ba2 10000 149b3400000001 1ceb 3c7affeaee0 600001c86 0 3c7b3bb84dd effffff9a43db5e8 0 100007f 0 100007f 3000002038397 0 2900010000 0 1 1ceb00000000 python3 -- a child -- x\n",
  lifeReset:
    "L 3c7afedbdda 0 23 ffff88821af965c0 3c7acebb8bb 3c7acec06f6 0 0 310000000000 0 0 0 3c7acec7e37 500001c86 0 0 effffff9a43db5de 0 100007f 0 100007f 3006802000017 0 2a00010000 1 0 1c8600149b28 python3 -- \n",
  lifeNone:
    "L 3c7b28056da 0 29 ffff88821af965c0 0 0 0 0 0 0 0 0 0 0 0 0 effffff9b5e8a43d 0 100007f 0 100007f 2000002030145 0 ca00010000 0 0 e00000000  -- ksoftirqd/0\n",
} as const;
