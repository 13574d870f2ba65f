/** A pooled HTTP client: two requests over one kept-alive connection, then idle until told. */
import { Agent, get } from "node:http";

const [host, port, localPort] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function request() {
  return new Promise((resolve, reject) => {
    const options = { host, port: Number(port), localPort: Number(localPort), agent };
    get(options, (response) => response.resume().on("end", resolve)).on("error", reject);
  });
}

await request();
await request();
process.stdin.on("end", () => agent.destroy()).resume();
