import { HISTOGRAMS } from "../../../model/histograms.ts";
import { type Activity, addActivity, noActivity } from "./activity.ts";
import { ERROR_NAMES } from "./error_names.ts";
import { percentiles } from "./percentiles.ts";
import type { ProxySample } from "./sample.ts";

/** What all apps did in an interval, added up. */
export class ProxyTotals {
  readonly activity: Activity = noActivity();
  readonly #errors = ERROR_NAMES.map(() => 0);
  readonly #connect = HISTOGRAMS.connect.boundsMs.map(() => 0).concat(0);
  readonly #firstByte = HISTOGRAMS.firstByte.boundsMs.map(() => 0).concat(0);

  /**
   * Adds what one app did.
   * @param errors by reason, in the order of {@link ERROR_NAMES}.
   * @param connect by bucket, as `firstByte`.
   */
  add(
    activity: Readonly<Activity>,
    errors: readonly number[],
    [connect = [], firstByte = []]: readonly (readonly number[])[],
  ): void {
    addActivity(this.activity, activity);
    addAll(this.#errors, errors);
    addAll(this.#connect, connect);
    addAll(this.#firstByte, firstByte);
  }

  /** What is told of it, rates aside. */
  view(): Pick<ProxySample, "connect_ms" | "first_byte_ms" | "reasons" | "connect_counts"> {
    return {
      connect_ms: percentiles(this.#connect, HISTOGRAMS.connect.boundsMs),
      first_byte_ms: percentiles(this.#firstByte, HISTOGRAMS.firstByte.boundsMs),
      reasons: Object.fromEntries(
        ERROR_NAMES.flatMap((name, index) => {
          const count = this.#errors[index] ?? 0;
          return count > 0 ? [[name, count]] : [];
        }),
      ),
      connect_counts: this.#connect,
    };
  }
}

function addAll(sums: number[], more: readonly number[]): void {
  for (let at = 0; at < sums.length; at++) sums[at]! += more[at] ?? 0;
}
