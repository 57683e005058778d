/** Longest wait unless a test says otherwise, milliseconds. Generous, since the machine may be slow and shared. */
export const DEADLINE_MS = 15_000;

/**
 * The promise's own outcome, or an error that says what was awaited.
 * @param name What is awaited, as the message says it: "the reply".
 * @throws {Error} after `deadlineMs`.
 */
export async function within<T>(
  name: string,
  promise: Promise<T>,
  deadlineMs: number = DEADLINE_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${deadlineMs} ms in vain for ${name}`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
