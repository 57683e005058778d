import { sleep, systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import type { Child } from "./child.ts";
import { hasListener } from "./proc.ts";

/** Below the range from which the system takes ports for outgoing connections, or the load itself might take one. */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;
const MAX_TRIES = 100;
const POLL_MS = 20;

/** A port that nobody listens on now, for programs that cannot choose one themselves. @throws {Error} when none is found. */
export function freePort(): number {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = FIRST_PORT + Math.floor(systemRandom() * (LAST_PORT - FIRST_PORT));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`No free port found between ${FIRST_PORT} and ${LAST_PORT}`);
}

/**
 * Waits until a program listens on 127.0.0.1. The system's table is asked and not the program: a connection would be its
 * first one, and what that costs is measured.
 * @throws {Error} when it ends or the time passes first.
 */
export async function listening(child: Child, port: number, timeoutMs: number): Promise<void> {
  const deadline = systemClock.now() + timeoutMs;
  while (!hasListener(Deno.readTextFileSync("/proc/net/tcp"), port)) {
    if (child.hasEnded) throw new Error(`${child.name} did not start: ${child.errors}`);
    if (systemClock.now() > deadline) throw new Error(`${child.name} does not listen after ${timeoutMs} ms`);
    await sleep(systemClock, POLL_MS);
  }
}
