import { seededRandom } from "../../src/base/random.ts";
import type { SocketAddress } from "../../src/model/address.ts";
import { HashTable, hashTableBytes, type HashTableRef } from "../../src/model/hash_table.ts";
import type { StrategySnapshot } from "../../src/model/snapshot.ts";
import { createStrategy, maglevSize, maglevTable } from "../../src/strategy/mod.ts";
import type {
  PickRequest,
  RequestView,
  RuleAccount,
  Strategy,
  StrategyContext,
  StrategyTarget,
  TargetSet,
  TargetTimes,
} from "../../src/strategy/mod.ts";

/** A set of targets for strategies to choose from, which a test changes. */
export class TargetList implements TargetSet {
  version = 1;
  count = 0;
  readonly members: Int32Array;
  readonly weights: Int32Array;
  readonly #configured: readonly number[];

  /** @param configured weights, one a target. */
  constructor(configured: readonly number[]) {
    this.#configured = configured;
    this.members = new Int32Array(configured.length);
    this.weights = new Int32Array(configured.length);
    this.without([]);
  }

  /** From now on all but these are in the set. */
  without(out: readonly number[]): void {
    this.count = 0;
    let changed = false;
    for (const [at, configured] of this.#configured.entries()) {
      const weight = out.includes(at) ? 0 : configured;
      changed ||= this.weights[at] !== weight;
      this.weights[at] = weight;
      if (weight > 0) this.members[this.count++] = at;
    }
    if (changed) this.version++;
  }
}

/** What stands in a {@link PickedRequest} beside what it refuses. */
export interface RequestParts {
  readonly clientIp?: string;
  readonly clientPort?: number;
  readonly http?: RequestView | null;
  readonly listener?: SocketAddress;
}

const LISTENER: SocketAddress = { ip: "0.0.0.0", port: 5001 };

/** A session that went to some targets without success, or finds them full. */
export class PickedRequest implements PickRequest {
  clientIp: string;
  clientPort: number;
  http: RequestView | null;
  listener: SocketAddress;

  /** @param attempt as in `PickRequest`. */
  constructor(
    private readonly refused: readonly number[] = [],
    readonly attempt = 0,
    { clientIp = "203.0.113.7", clientPort = 50_000, http = null, listener = LISTENER }: RequestParts = {},
  ) {
    this.clientIp = clientIp;
    this.clientPort = clientPort;
    this.http = http;
    this.listener = listener;
  }

  accepts(target: number): boolean {
    return !this.refused.includes(target);
  }
}

/** What several threads share: counts of open sessions, times, the cursor, the clock and the hash table of an app. */
export class SharedByThreads implements TargetTimes {
  readonly open: number[];
  readonly estimates: number[];
  readonly stamps: number[];
  /** What scripts did wrong. */
  readonly scriptFailures: string[] = [];
  cursor = 0;
  /** What became of rules, by their slots; failures with their reasons. */
  readonly taken: Record<number, number> = {};
  readonly failures: string[] = [];
  readonly rules: RuleAccount = {
    nextCursor: (slot) => this.#cursors[slot] = (this.#cursors[slot] ?? -1) + 1,
    took: (slot) => void (this.taken[slot] = (this.taken[slot] ?? 0) + 1),
    failed: (_slot, rule, reason) => void this.failures.push(`${rule}: ${reason}`),
  };
  nowMs = 1_000_000;
  readonly targets: readonly StrategyTarget[];
  readonly random: () => number;
  #table: HashTable | null | undefined;
  readonly #cursors: number[] = [];

  /** @param targets weights, or more of targets. */
  constructor(targets: readonly (number | Partial<StrategyTarget>)[], seed = 1) {
    this.targets = targets.map((one, index): StrategyTarget => ({
      key: `10.0.${index >> 8}.${index & 255}:80`,
      weight: 1,
      backup: false,
      priority: 0,
      zone: "",
      ...(typeof one === "number" ? { weight: one } : one),
    }));
    this.open = targets.map(() => 0);
    this.estimates = targets.map(() => 0);
    this.stamps = targets.map(() => 0);
    this.random = seededRandom(seed);
  }

  /** Configured weights. */
  get weights(): number[] {
    return this.targets.map(({ weight }) => weight);
  }

  /** The strategy as one of the threads has it. @param set what it chooses among. */
  thread(options: StrategySnapshot, set: TargetSet = new TargetList(this.weights)): Strategy {
    return createStrategy(this.context(options, set));
  }

  /** What that is made from. */
  context(options: StrategySnapshot, set: TargetSet): Omit<StrategyContext, "create"> {
    return {
      app: "web",
      set,
      options: this.#withTable(options),
      targets: this.targets,
      isBackup: false,
      random: this.random,
      times: this,
      failed: (describe) => this.scriptFailures.push(describe()),
      table: () => this.#hashTable()!,
      nextCursor: () => this.cursor++ >>> 0,
      now: () => this.nowMs,
      wallTime: () => this.nowMs,
      available: () => set.count,
      rules: this.rules,
      open: (target) => this.open[target]!,
    };
  }

  estimate(target: number): number {
    return this.estimates[target]!;
  }

  madeAt(target: number): number {
    return this.stamps[target]!;
  }

  put(target: number, estimate: number, at: number): void {
    this.estimates[target] = estimate;
    this.stamps[target] = at;
  }

  /** As control does when it compiles an app. */
  #withTable(options: StrategySnapshot): StrategySnapshot {
    if (options.strategy !== undefined) return { ...options, strategy: this.#withTable(options.strategy) };
    const table = options.type === "source_hash" ? this.#hashTable() : null;
    return table === null ? options : { ...options, table: { offset: 0, size: table.size, version: 1 } };
  }

  /** Built when it is first needed. */
  #hashTable(): HashTable | null {
    return this.#table === undefined ? this.#table = hashTableOf(this.targets) : this.#table;
  }
}

/** A hash table of those targets that take sessions, null for none. */
export function hashTableOf(targets: readonly StrategyTarget[]): HashTable | null {
  const entries = targets.map((target, index) => ({ ...target, index })).filter(({ weight }) => weight > 0);
  if (entries.length === 0) return null;
  const ref: HashTableRef = { offset: 0, size: maglevSize(entries.length), version: 1 };
  const table = new HashTable(new SharedArrayBuffer(hashTableBytes(ref.size)), ref);
  table.fill(maglevTable(entries, ref.size));
  return table;
}
