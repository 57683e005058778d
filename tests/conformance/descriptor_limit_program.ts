/**
 * A program that runs out of descriptors on purpose, to be started under a low limit: `ENGINE` as its argument. It
 * tells its port, how often accepting failed while none was left, and how soon it went on after they were free.
 */
import { systemClock } from "../../src/base/clock.ts";
import type { EngineName } from "../../src/engine/engine.ts";
import { createEngine } from "../../src/engine/mod.ts";
import { LISTEN } from "./scenarios.ts";

/** How long no descriptor is free. */
const SHORTAGE_MS = 3_000;
const ANY_PORT = { ip: "127.0.0.1", port: 0 };

const engine = createEngine(Deno.args[0] as EngineName, {
  clock: systemClock,
  gate: { words: new Int32Array(1), index: 0 },
});
const hoard: Deno.FsFile[] = [];
let failures = 0;
let freedAt = 0;

const listener = engine.listen(ANY_PORT, LISTEN, {
  onAccept(client): void {
    if (freedAt > 0) print(`accepted ${Math.round(performance.now() - freedAt)} ms later`);
    client.write(new Uint8Array([7]));
    client.close();
  },
  onAcceptError(error): void {
    if (failures === 0) {
      print(`first failure: ${error.code}`);
      engine.timer(SHORTAGE_MS, release);
    }
    failures++;
  },
});
// Deno 2.9.6 sets up its signal handling late, and panics when there is no descriptor for it; a program that listens
// for signals, as the proxy does, has it set up by then.
Deno.addSignalListener("SIGUSR2", () => {});
takeAll();
print(`port ${listener.address.port}`);
if (engine.run !== null) engine.run(() => {});

function takeAll(): void {
  try {
    for (;;) hoard.push(Deno.openSync("/dev/null"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EMFILE")) throw error;
  }
}

function release(): void {
  print(`failures: ${failures}`);
  freedAt = performance.now();
  for (const file of hoard) file.close();
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
