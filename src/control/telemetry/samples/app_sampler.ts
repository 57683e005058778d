import { Counter } from "../../../model/board.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { AppCondition } from "../../daemon/app_condition.ts";
import { type Activity, serviceRates } from "./activity.ts";
import { CountChanges, type CountReader } from "./count_changes.ts";
import { ERROR_COUNTERS } from "./error_names.ts";
import { percentiles } from "./percentiles.ts";
import type { ProxyTotals } from "./proxy_totals.ts";
import type { AppSample } from "./sample.ts";

/** What rates are made of, in the order of {@link activityOf}. */
const WATCHED: readonly number[] = [
  Counter.connections,
  Counter.bytesIn,
  Counter.bytesOut,
  Counter.requests,
  ...ERROR_COUNTERS,
];
const FIRST_ERROR = WATCHED.length - ERROR_COUNTERS.length;

/** An app, and how it is. */
export interface SampledApp {
  readonly snapshot: AppSnapshot;
  readonly condition: AppCondition;
}

/** Samples one app, and encodes its sample where that is another one than before. */
export class AppSampler {
  /** Its sample as JSON; empty before the first. */
  json = "";
  readonly #changes: CountChanges;
  #app: SampledApp | null = null;
  #active = 0;
  /** Whether nothing happened in the interval before. */
  #wasIdle = false;

  /** It begins with what is counted by now. */
  constructor(private readonly reader: CountReader, private readonly slot: number) {
    this.#changes = new CountChanges(reader, slot, WATCHED, [HISTOGRAMS.connect, HISTOGRAMS.firstByte]);
  }

  /** Whether it samples this app: one that was removed and came back has another slot. */
  isOf({ slot }: AppSnapshot): boolean {
    return slot === this.slot;
  }

  /**
   * Looks at what the app did since the last time.
   * @param seconds since then; 0 for no time.
   * @param total what it did is added to it.
   * @returns whether its sample is another one than before.
   */
  sample(app: SampledApp, seconds: number, total: ProxyTotals): boolean {
    this.#changes.look();
    const active = this.reader.sum(this.slot, Counter.held);
    const isIdle = !this.#changes.hasChanged;
    const isSame = isIdle && this.#wasIdle && active === this.#active && isSameApp(app, this.#app);
    this.#wasIdle = isIdle;
    this.#active = active;
    this.#app = app;
    if (isSame) return false;
    const activity = activityOf(this.#changes.counters);
    total.add(activity, this.#changes.counters.slice(FIRST_ERROR), this.#changes.buckets);
    const before = this.json;
    this.json = JSON.stringify(this.#sample(app, activity, seconds));
    return this.json !== before;
  }

  #sample({ snapshot, condition }: SampledApp, activity: Activity, seconds: number): AppSample {
    const [connect = [], firstByte = []] = this.#changes.buckets;
    return {
      state: condition.state,
      mode: snapshot.http === null ? "tcp" : "http",
      ...serviceRates(activity, this.#active, seconds),
      targets: snapshot.targets.length,
      targets_available: condition.available,
      connect_ms: percentiles(connect, HISTOGRAMS.connect.boundsMs),
      first_byte_ms: percentiles(firstByte, HISTOGRAMS.firstByte.boundsMs),
    };
  }
}

function activityOf(
  [connections = 0, bytesIn = 0, bytesOut = 0, requests = 0, ...errors]: readonly number[],
): Activity {
  return { connections, bytesIn, bytesOut, requests, errors: errors.reduce((sum, one) => sum + one, 0) };
}

function isSameApp({ snapshot, condition }: SampledApp, other: SampledApp | null): boolean {
  return other !== null && snapshot === other.snapshot && condition.state === other.condition.state &&
    condition.available === other.condition.available;
}
