import type { Report } from "./protocol.ts";

/** Tells the test; works from a thread that never returns to its event loop. */
export function report(message: Report): void {
  // The worker's own scope has it; the type library is the one of the main thread.
  (self as unknown as { postMessage(message: Report): void }).postMessage(message);
}
