import { BackOff } from "../../base/back_off.ts";
import { type Clock, sleep } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { RegionTeller } from "../events/region_log.ts";
import { RENEWAL_MS } from "../model/times.ts";
import { ReadyReplicas } from "../node/ready_replicas.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import type { OpenFront } from "./drivers.ts";
import { FrontAgent } from "./front_agent.ts";

const LEAST_RETRY_MS = 500;
const MOST_RETRY_MS = 15_000;

/** What they are made from. */
export interface FrontsOptions {
  readonly store: Pick<RegionBuckets, "nodes" | "states" | "assignments" | "fronts">;
  /** Of the program: its fronts are known to the store as `NAME/FRONT`. */
  readonly name: string;
  readonly fronts: readonly OpenFront[];
  readonly clock: Clock;
  readonly log: RegionTeller;
}

/** The fronts of one program: each follows the region by itself, and none waits for another. */
export class Fronts {
  readonly #replicas: ReadyReplicas;
  readonly #agents: readonly FrontAgent[];
  #isClosed = false;
  readonly #closed = Promise.withResolvers<void>();

  constructor(private readonly options: FrontsOptions) {
    const { store, name, fronts, clock, log } = options;
    this.#replicas = new ReadyReplicas(clock, () => this.#look());
    this.#agents = fronts.map((front) =>
      new FrontAgent({ name: `${name}/${front.name}`, front, store, replicas: this.#replicas, clock, log })
    );
  }

  /** Follows the region until it is closed. @throws {StoreError} when it cannot begin to. */
  async run(): Promise<void> {
    try {
      await Promise.all(this.#agents.map((agent) => agent.begin()));
      await this.#replicas.follow(this.options.store);
      for (const agent of this.#agents) agent.start();
      await this.#stay();
    } finally {
      await this.#replicas.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#closed.resolve();
  }

  async #stay(): Promise<void> {
    const { clock, log } = this.options;
    const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
    let told = "";
    while (!this.#isClosed) {
      let pauseMs = RENEWAL_MS;
      try {
        await Promise.all(this.#agents.map((agent) => agent.renew()));
        this.#replicas.heard(true);
        told = "";
        pauses.reset();
      } catch (error) {
        const message = errorMessage(error);
        if (message !== told) log.warn("region_unreachable", { error: message });
        told = message;
        this.#replicas.heard(false);
        pauseMs = pauses.next();
      }
      // Who has fallen silent is told by nobody.
      this.#look();
      await Promise.race([sleep(clock, pauseMs), this.#closed.promise]);
    }
    await Promise.all(this.#agents.map((agent) => agent.close()));
  }

  #look(): void {
    for (const agent of this.#agents) agent.look();
  }
}
