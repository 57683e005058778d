import { BackOff } from "../../base/back_off.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import type { AdminAccess } from "./admin_options.ts";
import { type AdminEvent, adminEvents, type StreamOptions } from "./event_stream.ts";

/** First pause before a server that went is asked again; it doubles. */
const RETRY_MIN_MS = 200;
/** Longest of these pauses. */
const RETRY_MAX_MS = 2_000;

/** How something is followed over restarts of the proxy. */
export interface FollowOptions {
  /** What is followed. @param isAgain whether it was followed before. */
  path(isAgain: boolean): string;
  readonly signal: AbortSignal;
  /** Source of time; the machine's own unless given. */
  readonly clock?: Clock;
  /** The server does not answer any more, and is asked again; told once for each time. */
  onLost(error: FproxyError): void;
  /** It answers again. */
  onBack(): void;
  /** Opens a stream; that of the admin server unless given. */
  open?(access: AdminAccess, options: StreamOptions): AsyncIterable<AdminEvent>;
}

/**
 * Follows the admin server until the signal is aborted, also when it goes and comes back; what was missed meanwhile is asked
 * for where events have ids.
 * @throws {FproxyError} where it does not answer the first time, or refuses.
 */
export async function* followEvents(access: AdminAccess, options: FollowOptions): AsyncGenerator<AdminEvent> {
  const { signal, clock = systemClock, open = adminEvents } = options;
  const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS);
  let lastEventId = "";
  let state: "new" | "there" | "lost" = "new";
  while (!signal.aborted) {
    try {
      const path = options.path(state !== "new");
      for await (const event of open(access, { path, lastEventId, signal, clock })) {
        if (state === "lost") options.onBack();
        state = "there";
        backOff.reset();
        if (event.event === "open") continue;
        if (event.id !== "") lastEventId = event.id;
        yield event;
      }
    } catch (error) {
      if (!(error instanceof FproxyError) || state === "new" || !error.retryable) throw error;
      if (state === "there") options.onLost(error);
      state = "lost";
    }
    if (!signal.aborted) await pause(clock, backOff.next(), signal);
  }
}

/** Waits, unless the signal is aborted meanwhile. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.timer(ms, end);
    signal.addEventListener("abort", end);
  });
}
