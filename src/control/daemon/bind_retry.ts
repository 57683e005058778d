import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { listenHint } from "../../base/errors.ts";
import { BIND_RETRY_MAX_MS, BIND_RETRY_MIN_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import type { ListenFailure } from "../../model/messages.ts";

interface Pending {
  readonly backOff: BackOff;
  cancel: (() => void) | null;
}

/** What a {@link BindRetry} asks of its owner. */
export interface BindRetryOwner {
  /** Has the app's listeners tried again. */
  retry(app: string): void;
  /** Whether the app is in the config: reports about one that was just removed may still be on their way. */
  isConfigured(app: string): boolean;
}

/** Knows which listeners could not be bound, in which threads, and has them tried again with growing pauses. */
export class BindRetry {
  readonly #failures = new Map<number, readonly ListenFailure[]>();
  readonly #pending = new Map<string, Pending>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly owner: BindRetryOwner,
  ) {}

  /** Takes over what a thread says is not bound in it, all of it. */
  update(thread: number, failures: readonly ListenFailure[]): void {
    const current = failures.filter((failure) => this.owner.isConfigured(failure.app));
    this.#failures.set(thread, current);
    for (const { app, listener, code, message } of current) {
      const pending = this.#pending.get(app) ??
        { backOff: new BackOff(BIND_RETRY_MIN_MS, BIND_RETRY_MAX_MS), cancel: null };
      this.#pending.set(app, pending);
      // One retry serves all of the app's listeners and threads.
      if (pending.cancel !== null) continue;
      const delayMs = pending.backOff.next();
      this.log.error("listen address cannot be bound", {
        app,
        listener,
        error: message,
        hint: listenHint(code),
        retry_ms: delayMs,
      });
      pending.cancel = this.clock.timer(delayMs, () => {
        pending.cancel = null;
        this.owner.retry(app);
      });
    }
    for (const [app, pending] of this.#pending) {
      if (this.failuresOf(app).size > 0) continue;
      pending.cancel?.();
      this.#pending.delete(app);
      if (this.owner.isConfigured(app)) this.log.info("all listen addresses are bound", { app });
    }
  }

  /** A thread is gone: what it could not bind no longer counts. */
  forgetThread(thread: number): void {
    this.update(thread, []);
    this.#failures.delete(thread);
  }

  /** Whether the thread has not got the listener of that key. */
  isUnbound(thread: number, listener: string): boolean {
    return this.#failures.get(thread)?.some((failure) => failure.listener === listener) ?? false;
  }

  /** The app's listeners that some thread could not bind, by key. */
  failuresOf(app: string): ReadonlyMap<string, ListenFailure> {
    const found = new Map<string, ListenFailure>();
    for (const failures of this.#failures.values()) {
      for (const failure of failures) if (failure.app === app) found.set(failure.listener, failure);
    }
    return found;
  }

  /** Stops retrying. */
  close(): void {
    for (const pending of this.#pending.values()) pending.cancel?.();
    this.#pending.clear();
  }
}
