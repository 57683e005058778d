import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { RegionTeller } from "../events/region_log.ts";
import { FrontUses, type Uses } from "../node/front_uses.ts";
import type { ReadyReplicas } from "../node/ready_replicas.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import { StoreError } from "../store/store_error.ts";
import type { FrontReplicas } from "./driver.ts";
import type { OpenFront } from "./drivers.ts";
import { weigh } from "./weigh.ts";

const LEAST_RETRY_MS = 250;
const MOST_RETRY_MS = 5_000;

/** What an agent is made from. */
export interface FrontAgentOptions {
  /** Under which the store knows the front. */
  readonly name: string;
  readonly front: OpenFront;
  readonly store: Pick<RegionBuckets, "fronts" | "assignments">;
  readonly replicas: Pick<ReadyReplicas, "of" | "connectionsOf">;
  readonly clock: Clock;
  readonly log: RegionTeller;
}

/** What the driver is told, or was told. */
interface Target {
  readonly text: string;
  readonly replicas: FrontReplicas;
  readonly uses: Uses;
  /** Whether the driver has done it. */
  isApplied: boolean;
}

/**
 * Has one front follow the region: says which replicas it is about to use, tells the driver, and when that has done it says
 * that the others are used no more. As long as the driver fails, both what was in force and what was tried stay in use.
 */
export class FrontAgent {
  readonly #uses: FrontUses;
  #target: Target | null = null;
  /** Waits for what clients still know of what the front had before. */
  readonly #timers = new Set<() => void>();
  /** When the driver has to look whether all is still as it made it. */
  #checkAt = -Infinity;
  /** Whether replicas may be others than at the last turn. */
  #isDirty = true;
  #isClosed = false;
  #wake: () => void = () => {};
  #done: Promise<void> = Promise.resolve();

  constructor(private readonly options: FrontAgentOptions) {
    this.#uses = new FrontUses(options.name, options.store);
  }

  /** Takes over what a former run of the program had in use, if its lease still holds. @throws {StoreError} */
  async begin(): Promise<void> {
    const before = await this.options.store.fronts.get(this.options.name);
    await this.#uses.areInForce(before?.value?.uses ?? {});
  }

  /** Follows the region from now on. */
  start(): void {
    this.#done = this.#live();
  }

  /** Replicas may be others than before. */
  look(): void {
    this.#isDirty = true;
    this.#wake();
  }

  /** Says once more what is used. @throws {StoreError} */
  async renew(): Promise<void> {
    await this.#uses.renew();
  }

  /**
   * Ends when the driver is done with what it does. The front goes on as it is, without this program: so the lease is
   * renewed a last time, for whoever takes over.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#done;
    for (const cancel of this.#timers) cancel();
    await this.#uses.renew().catch(() => {});
  }

  async #live(): Promise<void> {
    const { log, clock, front, name } = this.options;
    const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
    let told = "";
    while (!this.#isClosed) {
      try {
        await this.#turn();
        if (told !== "") log.info("front_recovered", { front: name });
        told = "";
        pauses.reset();
        const restMs = this.#target === null ? front.checkMs : this.#checkAt - clock.now();
        if (!this.#isDirty) await this.#wait(restMs, true);
      } catch (error) {
        const retry_ms = pauses.next();
        const message = errorMessage(error);
        if (message !== told) log.warn("front_failed", { front: name, error: message, retry_ms });
        told = message;
        await this.#wait(retry_ms, false);
      }
    }
  }

  /** @throws what the driver throws. */
  async #turn(): Promise<void> {
    const { clock, front } = this.options;
    this.#isDirty = false;
    const wanted = this.#wanted();
    if (textOf(wanted) !== this.#target?.text) await this.#claim(wanted);
    const target = this.#target;
    // Without the store nothing is known of what there is.
    if (target === null || target.isApplied && clock.now() < this.#checkAt) return;
    this.#checkAt = -Infinity;
    const goneMs = await front.driver.apply(target.replicas);
    this.#checkAt = clock.now() + front.checkMs;
    if (target.isApplied) return;
    target.isApplied = true;
    this.options.log.info("front_applied", { front: this.options.name, uses: target.uses });
    await this.#settle(target.uses, goneMs);
  }

  #wanted(): FrontReplicas {
    const { front, replicas } = this.options;
    return new Map(front.apps.map((app) =>
      [
        app,
        weigh(replicas.of(app), front.weight, (node) => replicas.connectionsOf(node)),
      ] as const
    ));
  }

  /** Makes the target of what may be used of this; leaves it as it is where the store does not answer. */
  async #claim(wanted: FrontReplicas): Promise<void> {
    let granted: Uses;
    try {
      granted = await this.#uses.claim(usesOf(wanted));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.options.log.debug("region_unreachable", { error: error.message });
      return;
    }
    const replicas = new Map(
      [...wanted].map(([app, all]) =>
        [app, all.filter(({ node }) => granted[app]?.includes(node) === true)] as const
      ),
    );
    this.#target = { text: textOf(replicas), replicas, uses: granted, isApplied: false };
  }

  async #settle(uses: Uses, goneMs: number): Promise<void> {
    if (goneMs === 0) return await this.#areInForce(uses);
    const cancel = this.options.clock.timer(goneMs, () => {
      this.#timers.delete(cancel);
      void this.#areInForce(uses);
    });
    this.#timers.add(cancel);
  }

  async #areInForce(uses: Uses): Promise<void> {
    try {
      await this.#uses.areInForce(uses);
    } catch (error) {
      // It is told again with the lease.
      this.options.log.debug("region_unreachable", { error: errorMessage(error) });
    }
  }

  /** Waits for a time, or until it is closed. @param endsByLook whether it ends when replicas may be others, too. */
  async #wait(ms: number, endsByLook: boolean): Promise<void> {
    if (this.#isClosed) return;
    const over = Promise.withResolvers<void>();
    const cancel = this.options.clock.timer(ms, over.resolve);
    this.#wake = () => {
      if (endsByLook || this.#isClosed) over.resolve();
    };
    await over.promise;
    this.#wake = () => {};
    cancel();
  }
}

function usesOf(replicas: FrontReplicas): Uses {
  return Object.fromEntries([...replicas].map(([app, all]) => [app, all.map(({ node }) => node)]));
}

function textOf(replicas: FrontReplicas): string {
  return JSON.stringify([...replicas]);
}
