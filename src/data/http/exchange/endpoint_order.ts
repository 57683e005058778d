import { DENIED } from "../../../strategy/mod.ts";
import type { Place } from "../../place.ts";
import { traceChoice } from "./exchange_trace.ts";
import type { ProxiedRequest } from "./proxied_request.ts";

/** How good an endpoint is to have: 1 for a backup. */
export type Tier = 0 | 1;

/** No endpoint is left. */
export const NONE = -1;

/**
 * The order in which one request meets its app's endpoints: the strategy's among those available, then the backups.
 * None comes twice, and one that is known to be out is not asked: see `fail_open_percent`.
 */
export class EndpointOrder {
  /** Indices of the endpoints that were taken, in that order. */
  readonly tried: number[] = [];
  #next: number | null = null;
  #tier: Tier = 0;
  #isDenied = false;

  constructor(private readonly request: ProxiedRequest) {}

  /** Whether a rule turned the request away, and nothing was asked before. */
  get isDenied(): boolean {
    return this.#isDenied && this.tried.length === 0;
  }

  /** Tier of what {@link take} would give now, `NONE` when nothing is left. */
  peek(): Tier | typeof NONE {
    this.#next ??= this.#pick();
    return this.#next === NONE ? NONE : this.#tier;
  }

  /** The next endpoint, with one of its places taken for `place`; `NONE` when nothing is left. */
  take(place: Place): number {
    for (;;) {
      const index = this.#next ?? this.#pick();
      this.#next = null;
      const target = this.request.app.snapshot.targets[index];
      if (target === undefined) return NONE;
      // Another thread may have taken the last place meanwhile: then it is no longer available.
      if (!place.take(target.slot, target.maxConnections)) continue;
      this.tried.push(index);
      return index;
    }
  }

  #pick(): number {
    const { app, head, client: { connection, context, listener } } = this.request;
    const { picker, http: { view } } = context;
    const index = picker.pick(app, connection.remote, listener.address, this.tried, view.of(head));
    traceChoice(this.request);
    if (index < 0) {
      this.#isDenied = index === DENIED;
      return NONE;
    }
    this.#tier = app.snapshot.targets[index]?.backup === true ? 1 : 0;
    return index;
  }
}
