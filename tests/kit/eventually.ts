import { DEADLINE_MS } from "./within.ts";

/** How often the predicate is asked, milliseconds. */
const INTERVAL_MS = 10;

/**
 * Asks until the answer is true.
 * @param name What is awaited: "the session to end". The error adds how the last answer looked.
 * @param predicate Anything but true (a string, a number, false, a thrown error) counts as "not yet".
 * @throws {Error} after `deadlineMs`.
 */
export async function eventually(
  name: string,
  predicate: () => unknown,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask(predicate);
    if (answer === true) return;
    if (performance.now() > deadline) {
      throw new Error(`Waited ${deadlineMs} ms in vain for ${name}; last: ${String(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

async function ask(predicate: () => unknown): Promise<unknown> {
  try {
    return await predicate();
  } catch (error) {
    return error;
  }
}
