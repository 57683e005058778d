import { systemClock } from "../../src/base/clock.ts";

/**
 * Waits for something, but not for ever.
 * @param what for the message: "wrk".
 * @throws {Error} when the time passes first.
 */
export async function within<T>(what: string, timeoutMs: number, awaited: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = systemClock.timer(
    timeoutMs,
    () => late.reject(new Error(`${what} took longer than ${timeoutMs} ms`)),
  );
  return await Promise.race([awaited, late.promise]).finally(cancel);
}
