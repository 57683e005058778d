import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { listenHint } from "../../base/errors.ts";
import { BIND_RETRY_MAX_MS, BIND_RETRY_MIN_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import type { ListenFailure } from "../../model/messages.ts";

/** Retries that are due within this time of each other are one: each has all threads report. */
const RETRY_TOGETHER_MS = 50;

interface Pending {
  readonly backOff: BackOff;
  /** When it is tried again; null while it is being tried. */
  dueAt: number | null;
}

/** What a {@link BindRetry} asks of its owner. */
export interface BindRetryOwner {
  /** Has the listeners of these apps tried again. */
  retry(apps: readonly string[]): void;
  /** Whether the app is in the config: reports about one that was just removed may still be on their way. */
  isConfigured(app: string): boolean;
}

/** A thread's failures. */
interface Failures {
  /** Keys of the listeners. */
  readonly listeners: ReadonlySet<string>;
  /** By app, by key of the listener. */
  readonly byApp: ReadonlyMap<string, ReadonlyMap<string, ListenFailure>>;
}

/**
 * Knows which listeners could not be bound, in which threads, and has them tried again with growing pauses. Every report
 * tells all failures of its thread, and every retry has all threads report; so what is due at the same time is retried
 * together, and a report costs no more than its length.
 */
export class BindRetry {
  readonly #failures = new Map<number, Failures>();
  readonly #pending = new Map<string, Pending>();
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly owner: BindRetryOwner,
  ) {}

  /** Takes over what a thread says is not bound in it, all of it. */
  update(thread: number, failures: readonly ListenFailure[]): void {
    const before = this.#failures.get(thread);
    const current = this.#ordered(failures);
    if (before === undefined && current.byApp.size === 0) return;
    this.#failures.set(thread, current);
    for (const [app, byListener] of current.byApp) {
      const [first] = byListener.values();
      if (first !== undefined) this.#retryLater(app, first);
    }
    for (const app of before?.byApp.keys() ?? []) if (!current.byApp.has(app)) this.#settle(app);
    this.#schedule();
  }

  /** A thread is gone: what it could not bind no longer counts. */
  forgetThread(thread: number): void {
    this.update(thread, []);
    this.#failures.delete(thread);
  }

  /** Whether the thread has not got the listener of that key. */
  isUnbound(thread: number, listener: string): boolean {
    return this.#failures.get(thread)?.listeners.has(listener) ?? false;
  }

  /** The app's listeners that some thread could not bind, by key. */
  failuresOf(app: string): ReadonlyMap<string, ListenFailure> {
    const found = new Map<string, ListenFailure>();
    for (const failures of this.#failures.values()) {
      for (const [listener, failure] of failures.byApp.get(app) ?? []) found.set(listener, failure);
    }
    return found;
  }

  /** Stops retrying. */
  close(): void {
    this.#pending.clear();
    this.#schedule();
  }

  #ordered(failures: readonly ListenFailure[]): Failures {
    const listeners = new Set<string>();
    const byApp = new Map<string, Map<string, ListenFailure>>();
    for (const failure of failures) {
      if (!this.owner.isConfigured(failure.app)) continue;
      const own = byApp.get(failure.app) ?? new Map<string, ListenFailure>();
      byApp.set(failure.app, own.set(failure.listener, failure));
      listeners.add(failure.listener);
    }
    return { listeners, byApp };
  }

  /** One retry serves all of the app's listeners and threads. */
  #retryLater(app: string, { listener, code, message }: ListenFailure): void {
    const pending = this.#pending.get(app) ??
      { backOff: new BackOff(BIND_RETRY_MIN_MS, BIND_RETRY_MAX_MS), dueAt: null };
    this.#pending.set(app, pending);
    if (pending.dueAt !== null) return;
    const delayMs = pending.backOff.next();
    pending.dueAt = this.clock.now() + delayMs;
    this.log.error("listen_failed", {
      app,
      listener,
      error: message,
      hint: listenHint(code),
      retry_ms: delayMs,
    });
  }

  /** A thread no longer names the app: when none does, all is well. */
  #settle(app: string): void {
    if ([...this.#failures.values()].some(({ byApp }) => byApp.has(app))) return;
    if (!this.#pending.delete(app)) return;
    if (this.owner.isConfigured(app)) this.log.info("listen_recovered", { app });
  }

  #schedule(): void {
    this.#cancel?.();
    this.#cancel = null;
    let next = Infinity;
    for (const { dueAt } of this.#pending.values()) next = Math.min(next, dueAt ?? Infinity);
    if (next === Infinity) return;
    this.#cancel = this.clock.timer(Math.max(0, next - this.clock.now()), () => this.#retryDue());
  }

  #retryDue(): void {
    // Those that failed in one go are due within a few milliseconds of each other.
    const until = this.clock.now() + RETRY_TOGETHER_MS;
    const due = [...this.#pending].filter(([, { dueAt }]) => dueAt !== null && dueAt <= until);
    for (const [, pending] of due) pending.dueAt = null;
    this.#schedule();
    if (due.length > 0) this.owner.retry(due.map(([app]) => app));
  }
}
