/** Real servers and clients: who closes first, and why, in nginx, curl, redis and a pooled client. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "../context.ts";
import { client, type Scenario, server } from "../scenario.ts";
import { gracefulActive, gracefulPassive } from "./truths.ts";

const pool = fileURLToPath(new URL("../actors/http-pool.mjs", import.meta.url));

/** Start nginx with one worker, in the foreground, and the given directives of its server block. */
async function nginx(context: Context, directives: string): Promise<void> {
  await context.program("server", async (directory) => {
    const config = join(directory, "nginx.conf");
    await writeFile(join(directory, "page.html"), "hello\n");
    await writeFile(
      config,
      `daemon off; master_process off; pid nginx.pid; error_log /dev/null;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
  server { listen ${context.port}; root ${directory}; index page.html; ${directives} }
}
`,
    );
    return ["nginx", "-p", directory, "-c", config, "-e", "/dev/null"];
  });
  await context.listening();
}

async function curl(context: Context, ...options: string[]): Promise<void> {
  const from = context.port + 1;
  context.register("main", from);
  const url = `http://${context.addressOf("server")}:${context.port}/`;
  const argv = ["curl", "-sS", "--local-port", String(from), ...options, url];
  const page = await (await context.program("client", () => argv)).ended();
  if (page !== "hello\n") throw new Error(`curl got ${JSON.stringify(page)}`);
}

const clientFirst = (clientComm: string, serverComm: string) => [
  client({ ...gracefulActive, owner: clientComm }),
  server({ ...gracefulPassive, owner: serverComm }),
];

const serverFirst = (clientComm: string, serverComm: string) => [
  client({ ...gracefulPassive, owner: clientComm }),
  server({ ...gracefulActive, owner: serverComm }),
];

const curlCloses: Scenario = {
  name: "nginx-curl-closes",
  about: "HTTP/1.1 with keep-alive: curl has its page and goes; the client closes first.",
  ipv: 4,
  needs: ["nginx", "curl"],
  async run(context) {
    await nginx(context, "");
    await curl(context);
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: clientFirst("curl", "nginx"),
};

const endOfPage: Scenario = {
  name: "nginx-close-ends-the-page",
  about:
    "HTTP/1.0 without a length: the end of the page is nginx's FIN, so the server closes first.",
  ipv: 4,
  needs: ["nginx", "curl"],
  async run(context) {
    await nginx(context, "ssi on;");
    await curl(context, "--http1.0");
    await context.see("end", { client: "gone", server: "mini TIME_WAIT" });
  },
  expect: serverFirst("curl", "nginx"),
};

interface Patient {
  readonly name: string;
  readonly about: string;
  readonly directives: string;
  readonly request: string;
  /** How nginx closes: it lingers after shutdown() where the client has sent several requests. */
  readonly trigger: "close" | "shutdown";
}

/** A client that asks so many times on one connection and closes when the server does. */
function patient({ name, about, directives, request, trigger }: Patient): Scenario {
  return {
    name,
    about,
    ipv: 4,
    needs: ["nginx"],
    async run(context) {
      await nginx(context, directives);
      const actor = await context.main("client");
      const from = context.port + 1;
      context.register("main", from);
      const bind = { host: context.addressOf("client"), port: from };
      const host = context.addressOf("server");
      const sock = await actor.connect({ family: 4, host, port: context.port, bind });
      await sock.say(request);
      await sock.closeAtEnd();
      await context.see("end", { client: "gone", server: "mini TIME_WAIT" });
    },
    expect: [client(gracefulPassive), server({ ...gracefulActive, trigger, owner: "nginx" })],
  };
}

const get = (header = "") => `GET / HTTP/1.1\r\nHost: a\r\n${header}\r\n`;

const patients: readonly Patient[] = [
  {
    name: "nginx-keepalive-timeout",
    about: "The client idles after its request until nginx's keepalive_timeout (1 s) is over.",
    directives: "keepalive_timeout 1s;",
    request: get(),
    trigger: "close",
  },
  {
    name: "nginx-keepalive-requests",
    about: "After the third answer of keepalive_requests 3 nginx shuts the connection and lingers.",
    directives: "keepalive_requests 3;",
    request: get() + get() + get(),
    trigger: "shutdown",
  },
  {
    name: "nginx-connection-close",
    about: "The client asks for `Connection: close` and waits for the end: nginx closes first.",
    directives: "",
    request: get("Connection: close\r\n"),
    trigger: "close",
  },
];

const pooled: Scenario = {
  name: "node-pool-server-times-out",
  about: "nginx's keepalive_timeout ends a pooled connection; node answers with shutdown() first.",
  ipv: 4,
  needs: ["nginx"],
  async run(context) {
    await nginx(context, "keepalive_timeout 1s;");
    await startPool(context);
    await context.see("idle", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    await context.see("end", { client: "gone", server: "mini TIME_WAIT" });
  },
  expect: [
    client({ ...gracefulPassive, trigger: "shutdown", orphan: false, owner: "node" }),
    server({ ...gracefulActive, owner: "nginx" }),
  ],
};

const poolDestroyed: Scenario = {
  name: "node-pool-destroyed",
  about: "A pooled node client destroys its agent: the client closes the idle connection first.",
  ipv: 4,
  needs: ["nginx"],
  async run(context) {
    await nginx(context, "keepalive_timeout 60s;");
    const program = await startPool(context);
    await context.see("idle", { client: "held ESTABLISHED", server: "held ESTABLISHED" });
    program.endInput();
    await context.see("end", { client: "mini TIME_WAIT", server: "gone" });
  },
  expect: clientFirst("node", "nginx"),
};

function startPool(context: Context) {
  const from = context.port + 1;
  context.register("main", from);
  const target = [context.addressOf("server"), String(context.port), String(from)];
  return context.program("client", () => [process.execPath, pool, ...target]);
}

const stale: Scenario = {
  name: "client-pool-close-wait",
  about: "nginx gives up an idle connection; the client keeps it in CLOSE_WAIT and never looks.",
  ipv: 4,
  needs: ["nginx"],
  async run(context) {
    await nginx(context, "client_header_timeout 1s;");
    const actor = await context.main("client");
    const host = context.addressOf("server");
    const sock = await actor.connect({ family: 4, host, port: context.port });
    context.register("main", sock.local.port);
    const seen = { client: { as: "held CLOSE_WAIT", recvQ: 1 }, server: "FIN_WAIT2" } as const;
    await context.stay("end", seen, 11);
  },
  expect: [
    client({
      role: "passive",
      verdict: "unfinished",
      after: ["CLOSE_WAIT"],
      waves: [1, 2],
      unread: "fin-unread",
      unreadBytes: 0,
      orphan: false,
      findings: ["stuck-close-wait"],
    }),
    server({
      role: "active",
      trigger: "close",
      verdict: "unfinished",
      after: ["FIN_WAIT1", "FIN_WAIT2"],
      waves: [1, 2],
      orphan: true,
      owner: "nginx",
    }),
  ],
};

const redisKill: Scenario = {
  name: "redis-client-kill",
  about:
    "CLIENT KILL: redis closes a subscriber's connection; the subscriber's tool exits upon it.",
  ipv: 4,
  needs: ["redis-server", "redis-cli"],
  async run(context) {
    const host = context.addressOf("server");
    const port = String(context.port);
    await context.program("server", (directory) => [
      ...["redis-server", "--port", port, "--save", "", "--dir", directory],
      ...["--protected-mode", "no"],
    ]);
    await context.listening();
    const cli = (...words: string[]) => ["redis-cli", "-h", host, "-p", port, ...words];
    await context.program("client", () => cli("SUBSCRIBE", "news"));
    await context.adopt("main");
    await context.namespaceOf("client").exec(...cli("CLIENT", "KILL", "TYPE", "pubsub"));
    await context.see("end", { client: "gone", server: "mini TIME_WAIT" });
  },
  expect: [
    client({ ...gracefulPassive, trigger: "exit", owner: "redis-cli" }),
    server({ ...gracefulActive, owner: "redis-server" }),
  ],
};

export const programs: readonly Scenario[] = [
  curlCloses,
  endOfPage,
  ...patients.map(patient),
  pooled,
  poolDestroyed,
  stale,
  redisKill,
];
