import type { HashTable } from "../model/hash_table.ts";
import type { HashKey } from "../model/snapshot.ts";
import { hashText, mixed } from "./hash.ts";
import type { PickRequest, Strategy, StrategyContext, StrategyKind } from "./strategy.ts";

/** Places of the table that are looked at for a target that takes the session. */
const MAX_PROBES = 32;
/** From one probe's hash to the next: the golden section of 2^32. */
const PROBE_STEP = 0x9e3779b9;
const GROUP_SALT = 0x5bd1e995;
const CLIENT_IP: HashKey = { from: "client_ip" };

/**
 * The same target for the same key. The key's place in a Maglev table names it; one that is out or full is passed over to
 * the next of a row of places that follow from the key, so that nobody else's sessions move. Where that row names none,
 * or there is no table, it is the target with the highest score for the key (weighted rendezvous hashing, Thaler and
 * Ravishankar 1998), which looks at all of them.
 *
 * All threads read the same table, so all of them choose alike.
 */
class SourceHash implements Strategy {
  readonly #context: StrategyContext;
  readonly #key: HashKey;
  readonly #table: HashTable | null;
  readonly #balanceFactor: number;
  /** Hashes of the targets, for scores; made when first needed. */
  #targetHashes: Uint32Array | null = null;
  /** Most sessions for each part of the weight; `Infinity` without a limit. */
  #mostOpen = Infinity;

  constructor(context: StrategyContext) {
    const { options: { key, balanceFactor, table } } = context;
    this.#context = context;
    this.#key = key ?? CLIENT_IP;
    this.#balanceFactor = balanceFactor ?? 0;
    this.#table = table === undefined || context.isBackup ? null : context.table(table);
  }

  pick(request: PickRequest): number {
    const { set } = this.#context;
    if (set.count === 0) return -1;
    if (this.#balanceFactor > 0) this.#limit();
    const hash = this.#hash(request);
    const table = this.#table;
    if (table !== null) {
      let place = hash;
      for (let probe = 0; probe < MAX_PROBES; probe++) {
        const target = table.at(place % table.size);
        if (this.#takes(target, request)) return target;
        place = mixed(place + PROBE_STEP);
      }
    }
    const target = this.#highest(hash, request);
    if (target >= 0 || this.#mostOpen === Infinity) return target;
    // All that are below the limit are full or were tried.
    this.#mostOpen = Infinity;
    return this.#highest(hash, request);
  }

  place(request: PickRequest): number {
    return mixed(this.#hash(request) ^ GROUP_SALT) / 2 ** 32;
  }

  #takes(target: number, request: PickRequest): boolean {
    const weight = this.#context.set.weights[target];
    return weight !== undefined && weight > 0 && this.#isBelowLimit(target, weight) &&
      request.accepts(target);
  }

  #isBelowLimit(target: number, weight: number): boolean {
    return this.#mostOpen === Infinity || this.#context.open(target) < Math.ceil(this.#mostOpen * weight);
  }

  /** Hash of what requests are told apart by. Those that have nothing of it take turns. */
  #hash(request: PickRequest): number {
    const key = this.#key;
    switch (key.from) {
      case "client_ip":
        return hashText(request.clientIp);
      case "client_ip_port":
        return mixed(hashText(request.clientIp) ^ request.clientPort);
      case "path":
        return this.#hashOrTurn(request.http?.path ?? null);
      case "header":
        return this.#hashOrTurn(request.http?.header(key.name) ?? null);
      case "cookie":
        return this.#hashOrTurn(request.http?.cookie(key.name) ?? null);
    }
  }

  #hashOrTurn(text: string | null): number {
    return text === null ? mixed(this.#context.nextCursor()) : hashText(text);
  }

  /**
   * Bounds each target's sessions by a share of all (Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded
   * Loads", 2016): the average by weight with this session, times the factor.
   */
  #limit(): void {
    const { set: { count, members, weights }, open } = this.#context;
    let sessions = 1;
    let weight = 0;
    for (let place = 0; place < count; place++) {
      const target = members[place]!;
      sessions += open(target);
      weight += weights[target]!;
    }
    this.#mostOpen = this.#balanceFactor / 100 * sessions / weight;
  }

  #highest(hash: number, request: PickRequest): number {
    const { set: { count, members, weights }, targets } = this.#context;
    const hashes = this.#targetHashes ??= Uint32Array.from(targets, ({ key }) => hashText(key));
    let best = -1;
    let bestScore = 0;
    for (let place = 0; place < count; place++) {
      const target = members[place]!;
      // Above 0 and below 1, so that the logarithm is below 0.
      const chance = (mixed(hash ^ hashes[target]!) + 0.5) / 2 ** 32;
      const score = weights[target]! / -Math.log(chance);
      if (score > bestScore && this.#takes(target, request)) {
        best = target;
        bestScore = score;
      }
    }
    return best;
  }
}

/** The registry's entry. */
export const sourceHash: StrategyKind = {
  name: "source_hash",
  summary: "the same target for the same client address, header, cookie or path (`key`), by Maglev hashing",
  isWeighted: true,
  create: (context) => new SourceHash(context),
};
