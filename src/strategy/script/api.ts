/**
 * Types for a strategy of your own in TypeScript, `strategy: { type: script, file: ./pick.ts }`. The default export of that
 * file is a {@link CreateStrategy} function or a {@link StrategyClass}. `fproxy schema --types` prints this file; import it
 * by `import type`, since a script stands alone when it runs.
 * @module
 */

/** Makes the strategy of one app in one data thread. Called anew whenever the app, its targets or the script change. */
export type CreateStrategy = (context: StrategyContext) => Strategy;

/** As {@link CreateStrategy}, as a class. */
export type StrategyClass = new (context: StrategyContext) => Strategy;

/** Chooses a target for each attempt of a session, and in mode `http` of each request. */
export interface Strategy {
  /** Wants to hear how targets fare. */
  readonly learner?: Learner;
  /**
   * Chooses at once, among the targets of the set that the request accepts; a promise is no choice.
   * @returns index of a target, or -1 when none is left.
   */
  pick(request: PickRequest): number;
  /** For those that give the same target to the same key: a place from 0 to 1 (excluded) of that key. */
  place?(request: PickRequest): number;
}

/** Hears how sessions with targets fare. Indices are those of `StrategyContext.targets`. */
export interface Learner {
  /** It took a session, or gave a terminal answer. @param ms to connect, or to the head of the answer. */
  served(target: number, ms: number): void;
  /** It could not be reached, or gave no terminal answer. @param ms that this took to show. */
  failed(target: number, ms: number): void;
}

/** What a strategy is made from. */
export interface StrategyContext {
  /** Name of the app. */
  readonly app: string;
  /** All targets of the app; a target's index here is its number everywhere. */
  readonly targets: readonly Target[];
  /** What is available now; the same object throughout, brought up to date before each choice. */
  readonly set: TargetSet;
  /** Whether this strategy chooses among the app's backups; they have one of their own. */
  readonly isBackup: boolean;
  /** A number from 0 to 1 (excluded). */
  random(): number;
  /** Milliseconds on the wall clock, modulo 2^32: the same in all threads. */
  now(): number;
  /** Takes the next position of a cursor that all data threads share: 0, 1, 2, ... modulo 2^32. */
  nextCursor(): number;
  /** Open sessions, or requests under way, that a target has now, over all threads. */
  open(target: number): number;
}

/** A target as the config says. */
export interface Target {
  /** `host:port` or URL; identity of the target over rollouts. */
  readonly key: string;
  /** Configured weight; the one that counts now is in `TargetSet.weights`. */
  readonly weight: number;
  readonly backup: boolean;
  /** Its option `priority`. */
  readonly priority: number;
  /** Its option `zone`; empty where the config does not say. */
  readonly zone: string;
  /** Its option `labels`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The targets that can be chosen now: those with a weight and an address that are well and not drained. */
export interface TargetSet {
  /** Another number whenever the rest changed: what is worked out from it may be kept until then. */
  readonly version: number;
  /** How many targets are in the set. */
  readonly count: number;
  /** Their indices, ascending. */
  readonly members: Int32Array;
  /** Effective weight of every target, 0 of those that are not in the set. Only their ratios matter. */
  readonly weights: Int32Array;
}

/** What a choice is for. Valid only during the choice. */
export interface PickRequest {
  /** Client's address literal. */
  readonly clientIp: string;
  /** Client's port. */
  readonly clientPort: number;
  /** Targets that this session tried before: 0 for its first choice. */
  readonly attempt: number;
  /** The request, null in mode `tcp`. */
  readonly http: RequestView | null;
  /** Whether this session can go to that target of the set: it has room below `max_connections`, and was not tried. */
  accepts(target: number): boolean;
}

/** A request in mode `http`. */
export interface RequestView {
  readonly method: string;
  /** Path as it was sent, without the query. */
  readonly path: string;
  /** Host and port that the request is for; empty where an HTTP/1.0 client named none. */
  readonly host: string;
  /** Values of a header field joined by `, `, null where there is none. @param name in lower case. */
  header(name: string): string | null;
  /** Value of a cookie, null where there is none. */
  cookie(name: string): string | null;
}
