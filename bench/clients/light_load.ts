/**
 * New connections to many apps in turn at a steady pace, each with one small request; prints a line after the first and goes on
 * until it is killed. Fails when a connection does. Arguments: connections a second, addresses of the apps.
 * @module
 */
import { sleep, systemClock } from "../../src/base/clock.ts";
import { Exchanges, open } from "./exchange.ts";

const [perSecond = "", ...addresses] = Deno.args;

async function ask(index: number): Promise<void> {
  const [hostname, port] = (addresses[index % addresses.length] ?? "").split(":");
  using connection = await open(Number(port), hostname);
  await new Exchanges().run(connection);
}

await ask(0);
Deno.stdout.writeSync(new TextEncoder().encode("loading\n"));
const startedAt = systemClock.now();
for (let index = 1;; index++) {
  const waitMs = startedAt + (index * 1000) / Number(perSecond) - systemClock.now();
  if (waitMs > 0) await sleep(systemClock, waitMs);
  void ask(index);
}
