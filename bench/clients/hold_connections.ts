/**
 * Opens connections, sends one small request on each, prints a line and keeps them open until it is killed.
 * Arguments: port on 127.0.0.1, number of connections.
 * @module
 */
import { Exchanges, open } from "./exchange.ts";

const [port = 0, count = 0] = Deno.args.map(Number);
const held: Deno.TcpConn[] = [];
const exchanges = new Exchanges();
while (held.length < count) {
  const connection = await open(port);
  await exchanges.run(connection);
  held.push(connection);
}
Deno.stdout.writeSync(new TextEncoder().encode("open\n"));
// An open socket alone does not keep the program alive.
setInterval(() => held.length, 2 ** 30);
