import { formatAddress } from "../../../model/address.ts";
import { Counter } from "../../../model/board.ts";
import { CLOSE_REASONS } from "../../../model/close_reason.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { AppSnapshot, TargetSnapshot } from "../../../model/snapshot.ts";
import { Admin, Health, type TargetWords, WEIGHT_UNIT, wordOf } from "../../../model/target_words.ts";
import { isAvailable } from "../../daemon/app_condition.ts";
import { perSecond } from "./activity.ts";
import type { SampledApp } from "./app_sampler.ts";
import { CountChanges, type CountReader } from "./count_changes.ts";
import { STATUS_5XX, STATUS_5XX_COUNTER } from "./error_names.ts";
import type { AppDetails, TargetSample } from "./sample.ts";

const REASONS: readonly string[] = [...CLOSE_REASONS, STATUS_5XX];
const REASON_COUNTERS = [...CLOSE_REASONS.map((_, index) => Counter.closed + index), STATUS_5XX_COUNTER];
const TARGET_COUNTERS = [
  Counter.connections,
  Counter.bytesIn,
  Counter.bytesOut,
  Counter.requests,
  Counter.connectFailures,
  Counter.unanswered,
];

/** What details are read from. */
export interface DetailSource {
  readonly totals: CountReader;
  readonly words: TargetWords;
}

/** Samples an app that somebody asks for by name: its listeners, its targets, and why its sessions ended. */
export class DetailSampler {
  readonly #ends: CountChanges;
  /** Of listeners and targets, by slot; they come and go with the config. */
  readonly #parts = new Map<number, CountChanges>();

  /** It begins with what is counted by now. */
  constructor(private readonly source: DetailSource, private readonly snapshot: AppSnapshot) {
    this.#ends = new CountChanges(source.totals, snapshot.slot, REASON_COUNTERS, [HISTOGRAMS.connect]);
  }

  /** Whether it samples this app, see `AppSampler`. */
  isOf({ slot }: AppSnapshot): boolean {
    return slot === this.snapshot.slot;
  }

  /** What happened since the last time. @param seconds since then; 0 for no time. */
  sample({ snapshot, condition }: SampledApp, seconds: number): AppDetails {
    this.#ends.look();
    const slots = new Set([...snapshot.listeners, ...snapshot.targets].map(({ slot }) => slot));
    for (const slot of this.#parts.keys()) if (!slots.has(slot)) this.#parts.delete(slot);
    return {
      reasons: Object.fromEntries(
        REASONS.flatMap((reason, index) => {
          const count = this.#ends.counters[index] ?? 0;
          return count > 0 ? [[reason, count]] : [];
        }),
      ),
      connect_counts: this.#ends.buckets[0] ?? [],
      listeners: Object.fromEntries(
        snapshot.listeners.map((
          { address, slot },
        ) => [formatAddress(address), this.#listener(slot, seconds)]),
      ),
      targets: Object.fromEntries(
        snapshot.targets.map((target) => [target.key, this.#target(target, condition.fails_open, seconds)]),
      ),
    };
  }

  #listener(slot: number, seconds: number): AppDetails["listeners"][string] {
    const [connections = 0] = this.#look(slot, [Counter.connections]);
    return {
      connections_active: this.source.totals.sum(slot, Counter.held),
      connections_per_second: perSecond(connections, seconds),
    };
  }

  #target(target: TargetSnapshot, failsOpen: boolean, seconds: number): TargetSample {
    const { totals, words } = this.source;
    const { slot } = target;
    const [connections = 0, bytesIn = 0, bytesOut = 0, requests = 0, failures = 0, unanswered = 0] = this
      .#look(
        slot,
        TARGET_COUNTERS,
      );
    return {
      connections_active: totals.sum(slot, Counter.held),
      connections_per_second: perSecond(connections, seconds),
      bytes_in_per_second: perSecond(bytesIn, seconds),
      bytes_out_per_second: perSecond(bytesOut, seconds),
      requests_per_second: perSecond(requests, seconds),
      failures_per_second: perSecond(failures + unanswered, seconds),
      available: isAvailable(words, target, failsOpen),
      health: wordOf(Health, words.health(slot)),
      admin: wordOf(Admin, words.admin(slot)),
      weight: words.weight(slot, target.weight) / WEIGHT_UNIT,
    };
  }

  #look(slot: number, counters: readonly number[]): readonly number[] {
    const known = this.#parts.get(slot);
    known?.look();
    const changes = known ?? new CountChanges(this.source.totals, slot, counters);
    this.#parts.set(slot, changes);
    return changes.counters;
  }
}
