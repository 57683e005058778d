import type { Sample } from "../../control/telemetry/samples/sample.ts";
import type { FproxyError } from "../../base/errors.ts";
import type { AdminAccess } from "../admin/admin_options.ts";
import { followEvents, type FollowOptions } from "../admin/follow_events.ts";

/** Who is told. */
export interface SampleListener {
  onSample(sample: Sample): void;
  /** The proxy does not answer any more, and is asked again. */
  onLost(error: FproxyError): void;
  /** It did not answer the first time, or refuses: nothing more comes. */
  onFailure(error: unknown): void;
}

/**
 * Follows samples, with the details of one app. When that is another one, the next stream begins before the last one ends: so
 * the proxy goes on measuring, and no rate is lost.
 */
export class SampleFeed {
  #app: string | null = null;
  /** Ends the stream that samples come from, and the one that is to take its place. */
  #current: AbortController | null = null;
  #next: AbortController | null = null;

  constructor(
    private readonly access: AdminAccess,
    private readonly intervalMs: number,
    private readonly listener: SampleListener,
    private readonly open?: FollowOptions["open"],
  ) {}

  /** Begins. Once. */
  start(): void {
    this.#follow();
  }

  /** Details of this app are wanted; null for none. */
  detail(app: string | null): void {
    if (app === this.#app || this.#current === null) return;
    this.#app = app;
    this.#next?.abort();
    this.#follow();
  }

  /** Ends. */
  close(): void {
    this.#current?.abort();
    this.#next?.abort();
  }

  #follow(): void {
    const own = new AbortController();
    if (this.#current === null) this.#current = own;
    else this.#next = own;
    const query = new URLSearchParams({ interval: `${this.intervalMs}ms` });
    if (this.#app !== null) query.set("app", this.#app);
    void this.#read(own, `/api/v1/samples?${query}`).catch((error: unknown) => {
      if (own === this.#current) return this.listener.onFailure(error);
      // One that was to take its place, and could not: it is tried again when it is asked for again.
      if (own === this.#next) this.#app = this.#next = null;
    });
  }

  async #read(own: AbortController, path: string): Promise<void> {
    const events = followEvents(this.access, {
      path: () => path,
      signal: own.signal,
      onLost: (error) => {
        if (own === this.#current) this.listener.onLost(error);
      },
      onBack: () => {},
      ...(this.open === undefined ? {} : { open: this.open }),
    });
    for await (const { event, data } of events) {
      if (event !== "sample") continue;
      const sample: Sample = JSON.parse(data);
      if (own === this.#next) {
        this.#current?.abort();
        this.#current = own;
        this.#next = null;
      }
      if (own === this.#current) this.listener.onSample(sample);
    }
  }
}
