import type { Clock } from "../../base/clock.ts";
import type { RegionPicture } from "../../model/region_picture.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import { RegionView } from "../view/region_view.ts";
import { pictureOf } from "./picture_of.ts";

/** Follows the store of a region and makes pictures of it. It writes nothing. */
export class RegionObserver {
  readonly #view: RegionView;
  #leader: string | null = null;
  #isStale = true;
  /** When the next node or front may have been silent for too long. */
  #staleAt = Infinity;

  /** @param region its name. */
  constructor(private readonly region: string, private readonly clock: Pick<Clock, "now">) {
    this.#view = new RegionView(clock, () => {
      this.#isStale = true;
    });
  }

  /** Begins to follow; resolves when it has all that was there. @throws {StoreError} */
  async follow(store: RegionBuckets): Promise<void> {
    await this.#view.follow(store);
    await this.askForLeader(store);
  }

  /** Finds out who leads: the store forgets a leader without telling. @throws {StoreError} where it does not answer. */
  async askForLeader({ leader }: Pick<RegionBuckets, "leader">): Promise<void> {
    const found = (await leader.get("leader"))?.value?.id ?? null;
    if (found !== this.#leader) this.#isStale = true;
    this.#leader = found;
  }

  /** Whether the next picture may be another than the last. */
  get isStale(): boolean {
    return this.#isStale || this.clock.now() >= this.#staleAt;
  }

  /** The region as it is now, by what was told so far. */
  picture(): RegionPicture {
    const view = this.#view;
    this.#isStale = false;
    this.#staleAt = this.clock.now() + view.nextSilence();
    return pictureOf({
      region: this.region,
      leader: this.#leader,
      apps: view.apps,
      nodes: view.viewedNodes(),
      assignments: view.assignments,
      rollouts: view.rollouts,
      scales: view.scales,
      overrides: view.overrides,
      fronts: view.viewedFronts(),
      stateOf: (node, app) => view.stateOf(node, app),
    });
  }

  /** Follows no more. */
  async close(): Promise<void> {
    await this.#view.close();
  }
}
