import type { Clock } from "../../../base/clock.ts";
import { FproxyError } from "../../../base/errors.ts";

/**
 * Resolves when threads have drained.
 * @param left indexes of those that have not, when it is too late.
 * @throws {FproxyError} code `threads_hang`, when that takes longer than it may.
 */
export async function awaitDrain(
  drained: Promise<void>,
  limitMs: number,
  clock: Pick<Clock, "timer">,
  left: () => readonly number[],
): Promise<void> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.timer(limitMs, () => {
    const message = `Cannot drain: no end of data thread ${left().join(", ")} in ${limitMs} ms`;
    late.reject(new FproxyError("threads_hang", message));
  });
  await Promise.race([drained, late.promise]).finally(cancel);
}
