const SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/**
 * Runs work that the first SIGINT or SIGTERM asks to end: `signal` is aborted then. A second one ends the process at
 * once, as without this.
 */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const unlisten = (): void => {
    for (const name of SIGNALS) Deno.removeSignalListener(name, onSignal);
  };
  const onSignal = (): void => {
    unlisten();
    interrupt.abort();
  };
  for (const name of SIGNALS) Deno.addSignalListener(name, onSignal);
  try {
    return await work(interrupt.signal);
  } finally {
    if (!interrupt.signal.aborted) unlisten();
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
