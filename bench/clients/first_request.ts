/**
 * Times a proxy's first connection, from its beginning to the whole answer of one small request, and prints milliseconds as
 * JSON. It warms itself up on the backend, so that its own first connections are not in the figure.
 * Arguments: port of the proxy, port of the backend, both on 127.0.0.1.
 * @module
 */
import { systemClock } from "../../src/base/clock.ts";
import { Exchanges, open } from "./exchange.ts";

const WARM_UP_CONNECTIONS = 200;

async function timeOne(port: number, exchanges: Exchanges): Promise<number> {
  const start = systemClock.now();
  using connection = await open(port);
  await exchanges.run(connection);
  return systemClock.now() - start;
}

const [port = 0, backendPort = 0] = Deno.args.map(Number);
const backend = new Exchanges();
for (let i = 0; i < WARM_UP_CONNECTIONS; i++) await timeOne(backendPort, backend);
const report = { first: await timeOne(port, new Exchanges()) };
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(report) + "\n"));
