import { Board, Shared } from "../model/board.ts";
import type { TargetSnapshot } from "../model/snapshot.ts";
import type { PickRequest } from "../strategy/mod.ts";
import type { App } from "./app.ts";

/** Operator states on the board in which a target takes new sessions. */
const ADMIN_READY = 0;
/** Health words up to this one (unknown, up) let a target take sessions. */
const HEALTH_UP = 1;

/** Chooses targets for sessions: which of them are available is decided here, the choice among those by the strategy. */
export class Picker implements PickRequest {
  clientIp = "";
  #targets: readonly TargetSnapshot[] = [];
  #backups = false;
  /** By target the number of the last search that found it tried. */
  #marks = new Uint32Array(0);
  #search = 0;

  constructor(private readonly board: Board) {}

  /**
   * The next target of a session, -1 when none is left. Backups are looked at only when no other target is available
   * that the session has not tried yet.
   */
  pick(app: App, clientIp: string, tried: readonly number[]): number {
    this.#targets = app.snapshot.targets;
    this.clientIp = clientIp;
    this.#mark(app, tried);
    this.#backups = false;
    const target = app.strategy.pick(this);
    if (target >= 0 || app.backupStrategy === null) return target;
    this.#backups = true;
    return app.backupStrategy.pick(this);
  }

  /** The first untried target that nothing but its health keeps out, -1 for none: better than nothing at all. */
  pickUnhealthy(app: App, tried: readonly number[]): number {
    this.#mark(app, tried);
    return app.snapshot.targets.findIndex((target, i) => !this.isTried(i) && this.#hasRoom(target));
  }

  /** How many targets a session could still go to, `atMost` at most; what is left of its time is shared among them. */
  countUntried(app: App, tried: readonly number[], atMost: number): number {
    this.#mark(app, tried);
    let count = 0;
    for (let i = 0; i < app.snapshot.targets.length && count < atMost; i++) {
      const target = app.snapshot.targets[i];
      if (target !== undefined && !this.isTried(i) && this.#canTake(target)) count++;
    }
    return count;
  }

  /** Which of a target's addresses comes first this time: they take turns, over all threads. */
  takeTurn({ addresses, slot }: TargetSnapshot): number {
    if (addresses.length < 2) return 0;
    return Atomics.add(this.board.words, Board.word(slot, Shared.cursor), 1) >>> 0;
  }

  isAvailable(index: number): boolean {
    const target = this.#targets[index];
    return target !== undefined && target.backup === this.#backups && this.#canTake(target);
  }

  isTried(index: number): boolean {
    return this.#marks[index] === this.#search;
  }

  /** Of a thousand targets all may have been tried; looking for each of them in that list would be a million steps. */
  #mark(app: App, tried: readonly number[]): void {
    const { length } = app.snapshot.targets;
    if (this.#marks.length < length) this.#marks = new Uint32Array(length);
    this.#search = this.#search + 1 >>> 0;
    // The number of a search long ago would come again.
    if (this.#search === 0) this.#marks.fill(0, 0, this.#search = 1);
    for (const target of tried) this.#marks[target] = this.#search;
  }

  #canTake(target: TargetSnapshot): boolean {
    return this.#hasRoom(target) &&
      Atomics.load(this.board.words, Board.word(target.slot, Shared.health)) <= HEALTH_UP;
  }

  /** Whether it could take a session if it were well. */
  #hasRoom(target: TargetSnapshot): boolean {
    if (target.weight === 0 || target.addresses.length === 0) return false;
    const words = this.board.words;
    if (Atomics.load(words, Board.word(target.slot, Shared.admin)) !== ADMIN_READY) return false;
    return target.maxConnections === 0 ||
      Atomics.load(words, Board.word(target.slot, Shared.taken)) < target.maxConnections;
  }
}
