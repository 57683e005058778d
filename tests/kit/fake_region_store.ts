import type { Clock } from "../../src/base/clock.ts";
import type { Random } from "../../src/base/random.ts";
import { LEASE_MS } from "../../src/region/model/times.ts";
import type { AnyBucket, Stored } from "../../src/region/store/bucket.ts";
import type { RegionBuckets } from "../../src/region/store/region_store.ts";
import { StoreError } from "../../src/region/store/store_error.ts";

/** A program that can be stopped and woken (SIGSTOP, SIGCONT), and killed: then it hears nothing any more. */
export class FakeProcess implements Clock {
  #awake: (() => void)[] | null = null;
  #isDead = false;

  constructor(private readonly clock: Clock) {}

  get isDead(): boolean {
    return this.#isDead;
  }

  now(): number {
    return this.clock.now();
  }

  wallTime(): number {
    return this.clock.wallTime();
  }

  timer(delayMs: number, callback: () => void): () => void {
    let isCancelled = false;
    const cancel = this.clock.timer(delayMs, () => this.whenAwake(() => isCancelled || callback()));
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Runs work at once, or when the program is woken, or never when it is killed. */
  whenAwake(work: () => void): void {
    if (this.#isDead) return;
    if (this.#awake === null) work();
    else this.#awake.push(work);
  }

  freeze(): void {
    this.#awake ??= [];
  }

  wake(): void {
    const waiting = this.#awake ?? [];
    this.#awake = null;
    for (const work of waiting) this.whenAwake(work);
  }

  kill(): void {
    this.#isDead = true;
  }
}

/** The network between programs and the store: everything takes a time of its own, and it may be cut. */
export interface FakeNetwork {
  readonly clock: Clock;
  readonly random: Random;
  /** Longest time that a message takes, milliseconds. */
  readonly mostDelayMs: number;
}

interface Watcher {
  tell(stored: Stored<unknown>): void;
  readonly name: string | undefined;
}

/** One bucket as the servers have it. */
class FakeBucket {
  readonly values = new Map<string, Stored<unknown>>();
  readonly watchers = new Set<Watcher>();
  readonly #writtenAt = new Map<string, number>();
  #revision = 0;

  constructor(
    private readonly clock: Clock,
    private readonly ttlMs: number,
    private readonly onWrite: (name: string, value: unknown) => void,
  ) {}

  get(name: string): Stored<unknown> | null {
    if (this.clock.now() - (this.#writtenAt.get(name) ?? -Infinity) >= this.ttlMs) this.values.delete(name);
    return this.values.get(name) ?? null;
  }

  put(name: string, value: unknown): number {
    this.onWrite(name, value);
    const stored = {
      name,
      value: structuredClone(value),
      problem: null,
      revision: ++this.#revision,
      at: new Date(0),
    };
    this.values.set(name, stored);
    this.#writtenAt.set(name, this.clock.now());
    for (const watcher of this.watchers) {
      if (watcher.name === undefined || watcher.name === name) watcher.tell(stored);
    }
    return stored.revision;
  }

  compareAndPut(name: string, value: unknown, revision: number | null): number {
    if ((this.get(name)?.revision ?? null) !== revision) {
      throw new StoreError("store_conflict", `${name} is another`);
    }
    return this.put(name, value);
  }
}

/** The servers of a region, in memory. */
export class FakeServers {
  /** Revisions of apps are read as they were. */
  readonly buckets: Readonly<Record<keyof RegionBuckets, FakeBucket>>;

  /** When the last message of each program is there. */
  readonly #due = { asked: new Map<FakeProcess, number>(), answered: new Map<FakeProcess, number>() };

  /** @param onWrite told of each value before it is there; null is a deletion. */
  constructor(
    private readonly network: FakeNetwork,
    onWrite: (bucket: keyof RegionBuckets, name: string, value: unknown) => void = () => {},
  ) {
    const bucket = (name: keyof RegionBuckets, ttlMs = Infinity): FakeBucket =>
      new FakeBucket(network.clock, ttlMs, (key, value) => onWrite(name, key, value));
    this.buckets = {
      apps: bucket("apps"),
      nodes: bucket("nodes", LEASE_MS),
      assignments: bucket("assignments"),
      states: bucket("states"),
      fronts: bucket("fronts", LEASE_MS),
      rollouts: bucket("rollouts"),
      overrides: bucket("overrides"),
      targets: bucket("targets"),
      scales: bucket("scales"),
      provided: bucket("provided"),
      leader: bucket("leader", LEASE_MS),
    };
  }

  /** The store as a program sees it. */
  seenBy(process: FakeProcess): RegionBuckets {
    const names = Object.keys(this.buckets) as (keyof RegionBuckets)[];
    return Object.fromEntries(
      names.map((name) => [name, this.#client(this.buckets[name], process)]),
    ) as unknown as RegionBuckets;
  }

  #client(bucket: FakeBucket, process: FakeProcess): AnyBucket<unknown> {
    const ask = <T>(work: () => T): Promise<T> => this.#ask(process, work);
    return {
      get: (name) => ask(() => bucket.get(name)),
      all: () => ask(() => new Map([...bucket.values].filter(([, { value }]) => value !== null))),
      at: (name) => ask(() => bucket.get(name)!),
      history: (name) => ask(() => [bucket.get(name)!]),
      write: (name, value, revision) => ask(() => bucket.compareAndPut(name, value, revision)),
      put: (name, value) => ask(() => bucket.put(name, value)),
      drop: (name) => ask(() => void bucket.put(name, null)),
      remove: (name, revision) => ask(() => void bucket.compareAndPut(name, null, revision)),
      watch: (onChange, onCurrent = () => {}, name) =>
        ask(() => {
          // What is watched comes in order, before or after answers.
          const { clock, random, mostDelayMs } = this.network;
          let due = 0;
          const later = (work: () => void): void => {
            due = Math.max(due, clock.now() + random() * mostDelayMs);
            clock.timer(due - clock.now(), () => process.whenAwake(work));
          };
          for (const stored of [...bucket.values.values()].toSorted((a, b) => a.revision - b.revision)) {
            if (name === undefined || name === stored.name) later(() => onChange(structuredClone(stored)));
          }
          later(onCurrent);
          const watcher: Watcher = { name, tell: (stored) => later(() => onChange(structuredClone(stored))) };
          bucket.watchers.add(watcher);
          return () => Promise.resolve(void bucket.watchers.delete(watcher));
        }),
    };
  }

  /**
   * A question that is under way is answered, whatever becomes of who asked. Those of one program come one after another, as
   * on one connection, and so do the answers.
   */
  #ask<T>(process: FakeProcess, work: () => T): Promise<T> {
    const { clock } = this.network;
    return new Promise((resolve, reject) => {
      clock.timer(this.#inOrder(process, "asked"), () => {
        let answer: () => void;
        try {
          const value = work();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error);
        }
        clock.timer(this.#inOrder(process, "answered"), () => process.whenAwake(answer));
      });
    });
  }

  /** Time that the next message of a program takes: it does not overtake those before it. */
  #inOrder(process: FakeProcess, way: "asked" | "answered"): number {
    const { clock, random, mostDelayMs } = this.network;
    const due = this.#due[way];
    const at = Math.max(due.get(process) ?? 0, clock.now() + random() * mostDelayMs);
    due.set(process, at);
    return at - clock.now();
  }
}
