import type { Clock } from "../../../base/clock.ts";
import { FproxyError } from "../../../base/errors.ts";

/**
 * Does work that ends when the signal is aborted, which happens after a time at the latest.
 * @throws {FproxyError} code `dns_timeout`, after that time; else what the work throws, or the outer signal's reason.
 */
export async function withDeadline<T>(
  clock: Clock,
  limitMs: number,
  what: string,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const inner = new AbortController();
  const onAbort = (): void => inner.abort(outer.reason);
  outer.addEventListener("abort", onAbort, { once: true });
  const cancel = clock.timer(
    limitMs,
    () => inner.abort(new FproxyError("dns_timeout", `${what} within ${limitMs} ms`, "internal", true)),
  );
  try {
    return await work(inner.signal);
  } catch (error) {
    // Whatever a closed socket says: it was closed for a reason.
    throw inner.signal.aborted ? inner.signal.reason : error;
  } finally {
    cancel();
    outer.removeEventListener("abort", onAbort);
  }
}
