import { BackOff } from "../../../base/back_off.ts";
import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import {
  OTLP_ANSWER_MAX_BYTES,
  OTLP_RETRY_AFTER_MAX_MS,
  OTLP_RETRY_MAX_MS,
  OTLP_RETRY_MIN_MS,
} from "../../../base/limits.ts";
import type { Random } from "../../../base/random.ts";
import { postBytes } from "./post_bytes.ts";
import type { Receiver } from "./settings/receiver.ts";

/** Answers after which the same request may succeed (OTLP specification, "Failures"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What a {@link Sender} needs. */
export interface SenderOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly userAgent: string;
  /** A request failed; it may be tried again. */
  onFailure(error: string): void;
}

/** How one request ended: the body of its answer, or why it failed and whether, and when, to try again. */
type Outcome =
  | { readonly answer: Uint8Array }
  | { readonly error: string; readonly isRetryable: boolean; readonly retryAfterMs: number | null };

/** Sends requests to one receiver, and tries again what failed, as the OTLP specification has it. */
export class Sender {
  readonly #stop = new AbortController();

  constructor(private readonly receiver: Receiver, private readonly options: SenderOptions) {}

  /**
   * Sends one request.
   * @param timeoutMs for all tries together; a time that the receiver asks to wait comes on top of it.
   * @returns the body of the answer, null where the request is given up.
   */
  async send(body: Uint8Array<ArrayBuffer>, timeoutMs: number): Promise<Uint8Array | null> {
    const { clock, random, onFailure } = this.options;
    const backOff = new BackOff(OTLP_RETRY_MIN_MS, OTLP_RETRY_MAX_MS);
    let endAt = clock.now() + timeoutMs;
    for (;;) {
      const outcome = await this.#post(body, Math.max(1, endAt - clock.now()));
      if ("answer" in outcome) return outcome.answer;
      onFailure(outcome.error);
      const { isRetryable, retryAfterMs } = outcome;
      // Spread, so that not all proxies come back at once.
      const pauseMs = retryAfterMs ?? backOff.next() * (0.8 + 0.4 * random());
      if (retryAfterMs !== null) endAt += retryAfterMs;
      if (!isRetryable || clock.now() + pauseMs >= endAt || !await this.#pause(pauseMs)) return null;
    }
  }

  /** Ends what is under way, and all that comes. */
  stop(): void {
    this.#stop.abort();
  }

  async #post(body: Uint8Array<ArrayBuffer>, timeoutMs: number): Promise<Outcome> {
    const { receiver: { url, headers, protocol, compression }, options: { clock, userAgent } } = this;
    const type = protocol === "http/json" ? "application/json" : "application/x-protobuf";
    try {
      const { status, statusText, retryAfter, bytes } = await postBytes({
        url,
        headers: { "user-agent": userAgent, ...headers, "content-type": type },
        body,
        isCompressed: compression === "gzip",
        timeoutMs,
        maxAnswerBytes: OTLP_ANSWER_MAX_BYTES,
        stop: this.#stop.signal,
      }, clock);
      if (status >= 200 && status < 300) return { answer: bytes };
      const isRetryable = RETRYABLE.has(status);
      const error = `the receiver answered ${status} ${statusText}`.trim();
      return { error, isRetryable, retryAfterMs: isRetryable ? retryAfterMs(retryAfter, clock) : null };
    } catch (error) {
      return { error: errorMessage(error), isRetryable: !this.#stop.signal.aborted, retryAfterMs: null };
    }
  }

  /** @returns false when it was stopped meanwhile. */
  async #pause(pauseMs: number): Promise<boolean> {
    const { signal } = this.#stop;
    if (signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.options.clock.timer(pauseMs, resolve);
    const onStop = (): void => resolve();
    signal.addEventListener("abort", onStop, { once: true });
    await promise;
    cancel();
    signal.removeEventListener("abort", onStop);
    return !signal.aborted;
  }
}

/** `Retry-After`: seconds, or a date (RFC 9110 section 10.2.3); null where it says neither. */
function retryAfterMs(text: string | null, clock: Clock): number | null {
  if (text === null) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - clock.wallTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), OTLP_RETRY_AFTER_MAX_MS);
}
