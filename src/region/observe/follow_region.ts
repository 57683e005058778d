import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import type { RegionPicture } from "../../model/region_picture.ts";
import type { RegionBuckets, StoreUse } from "../store/region_store.ts";
import { RegionObserver } from "./region_observer.ts";

/** From one look to the next. */
const LOOK_MS = 500;
/** Pictures take no larger share of the time than one in so many: of a very large region there are fewer. */
const SHARE = 10;
/** Time for the store to tell all that it holds. */
const BEGIN_MS = 30_000;
const LEAST_RETRY_MS = 500;
const MOST_RETRY_MS = 5_000;

/** A store as who follows it needs it. */
export type FollowedStore = RegionBuckets & { close(): Promise<void> };

/** How a region is followed. */
export interface FollowOptions {
  readonly access: RegionAccess;
  readonly clock: Clock;
  openStore(access: RegionAccess, use: StoreUse): Promise<FollowedStore>;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The region is another than it was, or the store answers again. */
  onPicture(picture: RegionPicture): void;
  /** The store does not answer; told with each try. */
  onTrouble(reason: string): void;
}

/**
 * Follows the store of a region until it is told to end. The store is asked something with each look: so it is noticed when
 * it falls silent, and nobody in the region is taken for gone because of that.
 */
export async function followRegion(options: FollowOptions): Promise<void> {
  const { signal, clock, onTrouble } = options;
  const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
  while (!signal.aborted) {
    try {
      await followOnce(options, () => pauses.reset());
    } catch (error) {
      if (signal.aborted) return;
      onTrouble(errorMessage(error));
      await pause(clock, pauses.next(), signal);
    }
  }
}

/** @throws when the store does not answer. */
async function followOnce(
  { access, clock, openStore, signal, onPicture }: FollowOptions,
  onAnswer: () => void,
): Promise<void> {
  // A connection that is lost is not to be repaired in silence: all is followed anew then.
  const store = await openStore(access, { isLasting: false });
  const observer = new RegionObserver(access.region, clock);
  try {
    await inTime(clock, BEGIN_MS, observer.follow(store));
    onAnswer();
    while (!signal.aborted) {
      const began = clock.now();
      if (observer.isStale) onPicture(observer.picture());
      await pause(clock, Math.max(LOOK_MS, SHARE * (clock.now() - began)), signal);
      if (!signal.aborted) await observer.askForLeader(store);
    }
  } finally {
    await observer.close();
    await store.close();
  }
}

/** @throws {FproxyError} where it takes longer. */
async function inTime(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.timer(
    ms,
    () => late.reject(new FproxyError("store_unreachable", "the store does not tell all that it holds")),
  );
  try {
    await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}

/** Ends early when the signal is aborted. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const cancel = clock.timer(ms, over.resolve);
  const onAbort = (): void => over.resolve();
  signal.addEventListener("abort", onAbort);
  await over.promise;
  signal.removeEventListener("abort", onAbort);
  cancel();
}
