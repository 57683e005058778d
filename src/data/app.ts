import { Board, Shared } from "../model/board.ts";
import type { AppSnapshot } from "../model/snapshot.ts";
import { TargetWords } from "../model/target_words.ts";
import { strategies } from "../strategy/mod.ts";
import type { Strategy } from "../strategy/mod.ts";
import { AvailableTargets } from "./available_targets.ts";
import type { HttpApp } from "./http/http_app.ts";

/** Targets, and how one of them is chosen. */
export interface Choice {
  readonly set: AvailableTargets;
  readonly strategy: Strategy;
}

/**
 * One app as a data thread uses it: a snapshot and what is worked out from it once. A change of the app makes a new
 * one; sessions keep the one that they started under.
 */
export class App {
  /** Among the targets that are no backups. */
  readonly choice: Choice;
  /** Among the backups, null where there are none. */
  readonly backups: Choice | null;
  readonly #listenerKeys: ReadonlySet<string>;
  readonly #targetKeys: ReadonlySet<string>;

  constructor(
    readonly snapshot: AppSnapshot,
    board: Board,
    /** For an app in HTTP mode, null else. */
    readonly http: HttpApp | null = null,
  ) {
    this.choice = choice(snapshot, false, board, Shared.cursor);
    const hasBackups = snapshot.targets.some((target) => target.backup);
    this.backups = hasBackups ? choice(snapshot, true, board, Shared.backupCursor) : null;
    this.#listenerKeys = new Set(snapshot.listeners.map((listener) => listener.key));
    this.#targetKeys = new Set(snapshot.targets.map((target) => target.key));
  }

  /** Whether the listener of that key is (still) this app's. */
  hasListener(key: string): boolean {
    return this.#listenerKeys.has(key);
  }

  /** Whether the target of that key is (still) this app's. */
  hasTarget(key: string): boolean {
    return this.#targetKeys.has(key);
  }
}

function choice(snapshot: AppSnapshot, backups: boolean, board: Board, cursorWord: number): Choice {
  const cursor = Board.word(snapshot.slot, cursorWord);
  const set = new AvailableTargets(snapshot.targets, backups, new TargetWords(board));
  const strategy = strategies.get(snapshot.strategy.type).create({
    set,
    options: snapshot.strategy,
    nextCursor: () => Atomics.add(board.words, cursor, 1) >>> 0,
  });
  return { set, strategy };
}
