/**
 * A program of many targets, to be killed or frozen all at once: echoes on as many ports as its argument says, and prints
 * them as one line of JSON.
 * @module
 */
import { echoTarget } from "./echo_target.ts";

const targets = Array.from({ length: Number(Deno.args[0]) }, () => echoTarget());
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(targets.map(({ port }) => port))}\n`));
