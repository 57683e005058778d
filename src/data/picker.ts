import type { SocketAddress } from "../model/address.ts";
import { Board, Shared } from "../model/board.ts";
import type { TargetSnapshot } from "../model/snapshot.ts";
import type { PickRequest, RequestView } from "../strategy/mod.ts";
import type { App, Choice } from "./app.ts";

const NOWHERE: SocketAddress = { ip: "", port: 0 };

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

  constructor(private readonly board: Board) {}

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
    this.#begin(app, tried);
    const target = this.#pick(app.choice);
    return target !== -1 || app.backups === null ? target : this.#pick(app.backups);
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
    return target.maxConnections === 0 ||
      Atomics.load(this.board.words, Board.word(target.slot, Shared.taken)) < target.maxConnections;
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
    if (this.#marks.length < targets.length) this.#marks = new Uint32Array(targets.length);
    this.#search = this.#search + 1 >>> 0;
    // The number of a search long ago would come again.
    if (this.#search === 0) this.#marks.fill(0, 0, this.#search = 1);
    for (const target of tried) this.#marks[target] = this.#search;
  }
}
