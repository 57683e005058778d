import type { Random } from "../base/random.ts";
import type { SocketAddress } from "../model/address.ts";
import type { HashTable, HashTableRef } from "../model/hash_table.ts";
import type { StrategySnapshot } from "../model/snapshot.ts";
import type { TargetSet } from "./target_set.ts";

/** What {@link Strategy.pick} gives for a session that is to be turned away. */
export const DENIED = -2;

/** Chooses a target for each attempt of a session. One instance serves one app in one thread. */
export interface Strategy {
  /** Wants to hear how targets fare; left out by strategies that do not, which costs sessions nothing. */
  readonly learner?: Learner;
  /**
   * Chooses synchronously, among the targets of the set that the request accepts.
   * @returns index of a target, -1 when none is left, {@link DENIED} when the session is to have none.
   */
  pick(request: PickRequest): number;
  /**
   * For strategies that give the same target to the same key: a place from 0 to 1 (excluded) of that key. Where several
   * groups of targets share the load, the place says which of them a request goes to.
   */
  place?(request: PickRequest): number;
}

/** Hears how sessions with targets fare. Indices are those of the app's targets. */
export interface Learner {
  /**
   * It took a session, or in HTTP mode gave a terminal answer.
   * @param ms that it took to connect, or from the whole request to the head of the answer, connecting included.
   */
  served(target: number, ms: number): void;
  /** It could not be reached, or in HTTP mode gave no terminal answer. @param ms that this took to show. */
  failed(target: number, ms: number): void;
}

/** What a strategy may look at for one choice. */
export interface PickRequest {
  /** Client's address literal. */
  readonly clientIp: string;
  /** Client's port. */
  readonly clientPort: number;
  /** Where it listens that the client came to. */
  readonly listener: SocketAddress;
  /** Targets that this session tried before: 0 for its first choice. */
  readonly attempt: number;
  /** The request that the choice is for; null in TCP mode. Valid only during the choice. */
  readonly http: RequestView | null;
  /** Whether this session can go to that target of the set: it has room, and was not tried. */
  accepts(target: number): boolean;
}

/** A request, as a strategy sees it. What nobody asks for is not made. */
export interface RequestView {
  readonly method: string;
  /** Path as it was sent, without the query. */
  readonly path: string;
  /** Host and port that the request is for; empty where an HTTP/1.0 client named none. */
  readonly host: string;
  /** Values of a header field joined by `, `, null where there is none. @param name in lower case. */
  header(name: string): string | null;
  /** First value of a parameter of the query, decoded as forms are; null where there is none. */
  query(name: string): string | null;
  /** Value of a cookie, null where there is none. */
  cookie(name: string): string | null;
}

/** What a strategy may know of a target besides what the set says. */
export interface StrategyTarget {
  /** Identity of the target over rollouts. */
  readonly key: string;
  /** Configured weight. */
  readonly weight: number;
  /** Whether it is a backup. */
  readonly backup: boolean;
  /** Group of the strategy `priority`. */
  readonly priority: number;
  /** Where it is; empty where the config does not say. */
  readonly zone: string;
  /** Its labels; left out where it has none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What is known of the time that a target takes, over all threads. */
export interface TargetTimes {
  /** Last estimate, microseconds; 0 while nothing is known. */
  estimate(target: number): number;
  /** When that was made, as {@link StrategyContext.now}. */
  madeAt(target: number): number;
  /** Takes a new estimate. */
  put(target: number, estimate: number, at: number): void;
}

/** What is counted for the rules of `rules`, by their slots on the board. */
export interface RuleAccount {
  /** As {@link StrategyContext.nextCursor}, of the rule. */
  nextCursor(slot: number): number;
  /** The rule gave a session a target, or turned it away. */
  took(slot: number): void;
  /** Its condition has no value. @param reason ends the sentence "the rule failed: ...". */
  failed(slot: number, rule: string, reason: string): void;
}

/** What a strategy is made from. */
export interface StrategyContext {
  /** Name of the app. */
  readonly app: string;
  /** What it chooses among; the same object throughout, brought up to date before each choice. */
  readonly set: TargetSet;
  readonly options: StrategySnapshot;
  /** All targets of the app, by index. */
  readonly targets: readonly StrategyTarget[];
  /** Whether the set is that of the app's backups. */
  readonly isBackup: boolean;
  readonly random: Random;
  /** Times of targets. */
  readonly times: TargetTimes;
  /** Takes the next position of the app's cursor, shared over all threads: 0, 1, 2, ... modulo 2^32. */
  nextCursor(): number;
  /** Milliseconds on the wall clock, modulo 2^32: the same in all threads. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wallTime(): number;
  /** Targets of the app that can be given sessions now, backups included. */
  available(): number;
  /** What becomes of rules. */
  readonly rules: RuleAccount;
  /** Sessions and calls that a target has now, over all threads. */
  open(target: number): number;
  /** Code of the user's own failed, and the choice was made otherwise. @param describe says how, when it is asked. */
  failed(describe: () => string): void;
  /** A table that control worked out. */
  table(ref: HashTableRef): HashTable;
  /** Makes another strategy, that chooses among a part of the set. @param nextCursor its own; the app's unless given. */
  create(options: StrategySnapshot, set: TargetSet, nextCursor?: () => number): Strategy;
}

/** A kind of strategy, as the registry lists it. */
export interface StrategyKind {
  /** Name in the config. */
  readonly name: string;
  /** One line for the reference. */
  readonly summary: string;
  /** Goes by the targets' weights; else they count only by being 0 or not. */
  readonly isWeighted: boolean;
  create(context: StrategyContext): Strategy;
}
