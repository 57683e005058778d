import type { Clock } from "../base/clock.ts";
import { SAME_SIGNAL_MS } from "../base/limits.ts";

/** What signals make the running proxy do. */
export interface SignalActions {
  /** To drain and exit; the second time to exit at once with this code. */
  stop(signal: Deno.Signal, exitCode: number): void;
  /** To look at the config again. */
  reload(): void;
  /** To open log files anew: the old ones were renamed. */
  reopenLogs(): void;
  /** Nothing: it has no meaning, but would end the process without a drain. */
  ignore(signal: Deno.Signal): void;
}

/** What each signal means. Those that are not here do what the system does on them. */
const SIGNALS: Readonly<Partial<Record<Deno.Signal, (actions: SignalActions) => void>>> = {
  SIGTERM: (actions) => actions.stop("SIGTERM", 143),
  SIGINT: (actions) => actions.stop("SIGINT", 130),
  SIGHUP(actions): void {
    actions.reopenLogs();
    actions.reload();
  },
  SIGUSR1: (actions) => actions.reopenLogs(),
  SIGUSR2: (actions) => actions.ignore("SIGUSR2"),
  // A log file has the size that `ulimit -f` allows. The write fails as well, which is said where it fails.
  SIGXFSZ(): void {},
};

/**
 * A task runner passes these on, although a Ctrl-C, or a service manager, has sent them to the whole group already: one
 * wish, two signals. Two different ones are two wishes.
 */
const PASSED_ON: ReadonlySet<string> = new Set(["SIGTERM", "SIGINT"]);

/** The ones that Windows has. */
const WINDOWS_SIGNALS: readonly string[] = ["SIGTERM", "SIGINT"];

/**
 * Listens for signals.
 * @returns stops listening.
 */
export function listenForSignals(actions: SignalActions, clock: Clock): () => void {
  const listeners = Object.entries(SIGNALS)
    .filter(([name]) => Deno.build.os !== "windows" || WINDOWS_SIGNALS.includes(name))
    .map(([name, act]) => {
      const signal = name as Deno.Signal;
      let forget: (() => void) | null = null;
      const listener = (): void => {
        if (forget !== null) return;
        if (PASSED_ON.has(signal)) {
          forget = clock.timer(SAME_SIGNAL_MS, () => {
            // One that came while this thread had no time for it is heard before the next turn's timers.
            forget = clock.timer(0, () => forget = null);
          });
        }
        act(actions);
      };
      Deno.addSignalListener(signal, listener);
      return { signal, listener, cancel: () => forget?.() };
    });
  return () => {
    for (const { signal, listener, cancel } of listeners) {
      Deno.removeSignalListener(signal, listener);
      cancel();
    }
  };
}
