import type { SocketAddress } from "../model/address.ts";
import { Board, Shared } from "../model/board.ts";
import type { TargetSnapshot } from "../model/snapshot.ts";
import type { PickRequest, RequestView } from "../strategy/mod.ts";
import { MAX_TRACED_FULL } from "../base/limits.ts";
import type { App, Choice } from "./app.ts";
import { ALL_AVAILABLE, type ChoiceTrace, NO_RULE } from "./why/passed_over.ts";

const NOWHERE: SocketAddress = { ip: "", port: 0 };

/** Notes which rule of the strategy `rules` held last. */
export interface HeldRule {
  /** Its slot; set back by whoever wants to know of the next. */
  lastTook: number;
}

/** Chooses targets for sessions: which of them are available is decided here, the choice among those by the strategy. */
export class Picker implements PickRequest {
  clientIp = "";
  clientPort = 0;
  listener: SocketAddress = NOWHERE;
  attempt = 0;
  http: RequestView | null = null;
  #targets: readonly TargetSnapshot[] = [];
  /** By target the number of the last search that found it tried. */
  #marks = new Uint32Array(0);
  #search = 0;
  /** What the last choice found full. */
  #full: number[] = [];
  /** The last choice looked at the backups. */
  #areBackupsAsked = false;

  /** @param rules notes the rule that held last. */
  constructor(private readonly board: Board, private readonly rules: HeldRule = { lastTook: NO_RULE }) {}

  /**
   * The next target of a session, -1 when none is left, `DENIED` when it is to have none. Backups are looked at
   * only when no other target is available that the session has not tried yet.
   * @param listener where it listens that the client came to.
   * @param http the request that it is for, in HTTP mode.
   */
  pick(
    app: App,
    client: SocketAddress,
    listener: SocketAddress,
    tried: readonly number[],
    http: RequestView | null = null,
  ): number {
    this.clientIp = client.ip;
    this.clientPort = client.port;
    this.listener = listener;
    this.attempt = tried.length;
    this.http = http;
    this.rules.lastTook = NO_RULE;
    this.#begin(app, tried);
    const target = this.#pick(app.choice);
    this.#areBackupsAsked = target === -1 && app.backups !== null;
    return this.#areBackupsAsked ? this.#pick(app.backups!) : target;
  }

  /** What the last {@link pick}, which was for that app, found. Nothing is made where nothing was passed over. */
  trace({ choice, backups }: App): ChoiceTrace {
    const { reasons } = choice.set;
    const areBackupsAsked = this.#areBackupsAsked;
    const rule = this.rules.lastTook;
    const full = this.#full;
    if (reasons === null && !areBackupsAsked && rule === NO_RULE && full.length === 0) return ALL_AVAILABLE;
    this.#full = [];
    return { reasons, backupReasons: backups?.set.reasons ?? null, areBackupsAsked, full, rule };
  }

  /** How many targets a session could still go to, `atMost` at most; what is left of its time is shared among them. */
  countUntried(app: App, tried: readonly number[], atMost: number): number {
    this.#begin(app, tried);
    const count = this.#countAccepted(app.choice, atMost);
    return app.backups === null || count >= atMost
      ? count
      : count + this.#countAccepted(app.backups, atMost - count);
  }

  /** Which of a target's addresses comes first this time: they take turns, over all threads. */
  takeTurn({ addresses, slot }: TargetSnapshot): number {
    if (addresses.length < 2) return 0;
    return Atomics.add(this.board.words, Board.word(slot, Shared.cursor), 1) >>> 0;
  }

  accepts(index: number): boolean {
    if (this.#marks[index] === this.#search) return false;
    const target = this.#targets[index];
    if (target === undefined) return false;
    const { maxConnections, slot } = target;
    if (
      maxConnections === 0 || Atomics.load(this.board.words, Board.word(slot, Shared.taken)) < maxConnections
    ) {
      return true;
    }
    if (this.#full.length < MAX_TRACED_FULL) this.#full.push(index);
    return false;
  }

  #pick({ set, strategy }: Choice): number {
    set.update();
    return strategy.pick(this);
  }

  #countAccepted({ set }: Choice, atMost: number): number {
    set.update();
    let count = 0;
    for (let at = 0; at < set.count && count < atMost; at++) {
      if (this.accepts(set.members[at]!)) count++;
    }
    return count;
  }

  /** Of a thousand targets all may have been tried; looking for each of them in that list would be a million steps. */
  #begin({ snapshot: { targets } }: App, tried: readonly number[]): void {
    this.#targets = targets;
    if (this.#full.length > 0) this.#full.length = 0;
    if (this.#marks.length < targets.length) this.#marks = new Uint32Array(targets.length);
    this.#search = this.#search + 1 >>> 0;
    // The number of a search long ago would come again.
    if (this.#search === 0) this.#marks.fill(0, 0, this.#search = 1);
    for (const target of tried) this.#marks[target] = this.#search;
  }
}
