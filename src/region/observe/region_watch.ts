import type { Clock } from "../../base/clock.ts";
import type { RegionFollower, RegionLook, RegionSource } from "../../control/admin/region_source.ts";
import type { RegionAccess } from "../../model/config_region.ts";
import type { RegionPicture } from "../../model/region_picture.ts";
import type { FollowOptions } from "./follow_region.ts";

/** The store is followed for so long after the last who asked: most who ask come back soon. */
const IDLE_MS = 60_000;
/** Who follows hears at least this often. */
const QUIET_MS = 15_000;

/** What it is made from. */
export type RegionWatchOptions = Pick<FollowOptions, "clock" | "openStore">;

/** Somebody's region, for all who look at it: its store is followed while there are any, and not else. */
export class RegionWatch implements RegionSource {
  #access: RegionAccess | null = null;
  #node = "";
  #key = "";
  readonly #followers = new Set<Follower>();
  /** Ends what follows the store; null where nothing does. */
  #run: AbortController | null = null;
  #ended: Promise<void> = Promise.resolve();
  #cancelIdle: () => void = () => {};
  #picture: RegionPicture | null = null;
  #json = "";
  #pictureAt = 0;
  #trouble = "";
  /** Of what was told since the store is followed. */
  #count = 0;

  constructor(private readonly options: RegionWatchOptions) {}

  get membership(): RegionSource["membership"] {
    return this.#access === null ? null : { region: this.#access.region, node: this.#node };
  }

  /** How the region is reached from now on; null for none. @param node name of this proxy in it; empty for others. */
  configure(access: RegionAccess | null, node = ""): void {
    const key = JSON.stringify([access, node]);
    if (key === this.#key) return;
    this.#key = key;
    this.#access = access;
    this.#node = node;
    // Who followed another region comes back for this one.
    for (const follower of [...this.#followers]) follower.close();
    this.#stop();
  }

  follow(): RegionFollower | null {
    if (this.#access === null) return null;
    this.#cancelIdle();
    if (this.#run === null) this.#begin(this.#access);
    const follower = new Follower(this.options.clock, () => this.#count, () => this.#look(), () => {
      this.#followers.delete(follower);
      if (this.#followers.size > 0) return;
      this.#cancelIdle();
      this.#cancelIdle = this.options.clock.timer(IDLE_MS, () => this.#stop());
    });
    this.#followers.add(follower);
    return follower;
  }

  /** Follows nothing any more; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.configure(null);
    this.#stop();
    await this.#ended;
  }

  #begin(access: RegionAccess): void {
    const run = new AbortController();
    this.#run = run;
    const follow = async (): Promise<void> => {
      // Loaded where it is needed: most proxies have no region, and of those that have one few are looked at.
      const { followRegion } = await import("./follow_region.ts");
      await followRegion({
        ...this.options,
        access,
        signal: run.signal,
        onPicture: (picture) => this.#learn(run, picture, ""),
        onTrouble: (reason) => this.#learn(run, null, reason),
      });
    };
    this.#ended = this.#ended.then(follow);
  }

  #learn(run: AbortController, picture: RegionPicture | null, trouble: string): void {
    if (run !== this.#run) return;
    if (picture !== null) {
      this.#pictureAt = this.options.clock.now();
      const json = JSON.stringify(picture);
      // Most of what is told of nodes is that they are there.
      if (json === this.#json && this.#trouble === "") return;
      this.#json = json;
      this.#picture = picture;
    }
    this.#trouble = trouble;
    this.#count++;
    for (const follower of this.#followers) follower.wake();
  }

  #look(): RegionLook {
    const ageMs = this.#picture === null ? null : this.options.clock.now() - this.#pictureAt;
    const trouble = this.#count === 0 ? "its store has not told yet what it holds" : this.#trouble;
    return { picture: this.#picture, json: this.#json, ageMs, trouble };
  }

  #stop(): void {
    this.#cancelIdle();
    this.#run?.abort();
    this.#run = null;
    this.#picture = null;
    this.#json = "";
    this.#trouble = "";
    this.#count = 0;
  }
}

class Follower implements RegionFollower {
  #seen = 0;
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly count: () => number,
    private readonly look: () => RegionLook,
    private readonly onClose: () => void,
  ) {}

  wake(): void {
    this.#wake();
  }

  async next(): Promise<RegionLook | null> {
    if (!this.#isClosed && this.#seen === this.count()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.clock.timer(QUIET_MS, resolve);
      this.#wake = resolve;
      await promise;
      cancel();
    }
    if (this.#isClosed) return null;
    this.#seen = this.count();
    return this.look();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onClose();
    this.#wake();
  }
}
