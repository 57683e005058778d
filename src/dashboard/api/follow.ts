import { createParser } from "eventsource-parser";
import { chance, timer } from "../base/clock.ts";
import { ApiFailure, failureText, request } from "./client.ts";

const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 10_000;
/** The proxy sends a comment each 15 s where nothing happens. */
const SILENCE_MS = 25_000;
const UNAUTHORIZED = 401;
const NOT_FOUND = 404;

/** How a stream is: under way, open, or lost until the next try in `retryMs`, for the reason `why`. */
export type StreamState =
  | { readonly type: "connecting" }
  | { readonly type: "open" }
  | { readonly type: "lost"; readonly why: string; readonly retryMs: number }
  /** It is not tried again: there is no such thing, or a token is missing. */
  | { readonly type: "refused"; readonly why: string };

/** Who follows a stream. */
export interface StreamFollower {
  /** @param data read back from JSON. */
  onMessage(event: string, data: unknown): void;
  onState?(state: StreamState): void;
}

/**
 * Follows server-sent events (HTML Living Standard, section 9.2) until it is told to stop. `fetch` is used, since
 * `EventSource` cannot send a token. A stream that ends, or says nothing for too long, is asked for again with back-off,
 * from the event on that came last.
 */
export class Stream {
  readonly #abort = new AbortController();
  #lastId = "";
  #waitMs = FIRST_WAIT_MS;
  #wake: () => void = () => {};

  constructor(private readonly path: string, private readonly follower: StreamFollower) {
    void this.#run();
  }

  /** Ends it. */
  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** Tries at once, where it waits for the next try. */
  retry(): void {
    this.#waitMs = FIRST_WAIT_MS;
    this.#wake();
  }

  get #isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      this.follower.onState?.({ type: "connecting" });
      const why = await this.#once();
      if (why === null || this.#isOver) return;
      const retryMs = this.#waitMs * (0.75 + chance() / 2);
      this.#waitMs = Math.min(LAST_WAIT_MS, this.#waitMs * 2);
      this.follower.onState?.({ type: "lost", why, retryMs });
      await this.#sleep(retryMs);
    }
  }

  /** @returns why it ended, null where it is not to be tried again. */
  async #once(): Promise<string | null> {
    const attempt = new AbortController();
    const onStop = (): void => attempt.abort();
    this.#abort.signal.addEventListener("abort", onStop);
    let cancelSilence = timer(SILENCE_MS, onStop);
    try {
      const headers = this.#lastId === "" ? {} : { "last-event-id": this.#lastId };
      const response = await request(this.path, { signal: attempt.signal, headers });
      if (response.body === null) return "The answer has no body";
      this.follower.onState?.({ type: "open" });
      const parser = createParser({ onEvent: (message) => this.#take(message) });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return "The proxy ended the connection";
        cancelSilence();
        cancelSilence = timer(SILENCE_MS, onStop);
        parser.feed(value);
      }
    } catch (error) {
      if (this.#isOver) return null;
      const isFinal = error instanceof ApiFailure &&
        (error.status === UNAUTHORIZED || error.status === NOT_FOUND);
      if (!isFinal) {
        return attempt.signal.aborted ? "The proxy has said nothing for 25 s" : failureText(error);
      }
      this.follower.onState?.({ type: "refused", why: failureText(error) });
      return null;
    } finally {
      cancelSilence();
      this.#abort.signal.removeEventListener("abort", onStop);
    }
  }

  #take(
    { id, event = "message", data }: { id?: string | undefined; event?: string | undefined; data: string },
  ): void {
    if (this.#isOver) return;
    if (id !== undefined) this.#lastId = id;
    this.#waitMs = FIRST_WAIT_MS;
    this.follower.onMessage(event, JSON.parse(data));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timer(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
