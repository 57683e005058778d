import type { Clock } from "../../../base/clock.ts";

/**
 * Waits for what is being opened, but not for ever.
 * @param message of the error when it takes longer than `deadlineMs`; what comes after that is closed.
 */
export async function beforeDeadline<T extends { close(): void }>(
  opening: Promise<T>,
  clock: Pick<Clock, "timer">,
  deadlineMs: number,
  message: string,
): Promise<T> {
  const late = Promise.withResolvers<null>();
  const cancel = clock.timer(deadlineMs, () => late.resolve(null));
  try {
    const opened = await Promise.race([opening, late.promise]);
    if (opened !== null) return opened;
  } finally {
    cancel();
  }
  opening.then((one) => one.close(), () => {});
  throw new Error(message);
}
