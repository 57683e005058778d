import { Board, Shared } from "../model/board.ts";
import type { AppSnapshot, TargetSnapshot } from "../model/snapshot.ts";
import { strategies } from "../strategy/mod.ts";
import type { Strategy } from "../strategy/mod.ts";
import type { HttpApp } from "./http/http_app.ts";

/**
 * One app as a data thread uses it: a snapshot and what is worked out from it once. A change of the app makes a new
 * one; sessions keep the one that they started under.
 */
export class App {
  /** Chooses among the targets that are no backups. */
  readonly strategy: Strategy;
  /** Chooses among the backup targets, null where there are none. */
  readonly backupStrategy: Strategy | null;
  readonly #listenerKeys: ReadonlySet<string>;
  readonly #targetKeys: ReadonlySet<string>;

  constructor(
    readonly snapshot: AppSnapshot,
    board: Board,
    /** For an app in HTTP mode, null else. */
    readonly http: HttpApp | null = null,
  ) {
    const hasBackups = snapshot.targets.some((target) => target.backup);
    const { targets } = snapshot;
    this.strategy = createStrategy(
      snapshot,
      hasBackups ? only(targets, false) : targets,
      board,
      Shared.cursor,
    );
    this.backupStrategy = hasBackups
      ? createStrategy(snapshot, only(targets, true), board, Shared.backupCursor)
      : null;
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

/** The targets, in their places, with a weight only for those that are backups, or for those that are not. */
function only(targets: readonly TargetSnapshot[], backup: boolean): TargetSnapshot[] {
  return targets.map((target) => target.backup === backup ? target : { ...target, weight: 0 });
}

function createStrategy(
  snapshot: AppSnapshot,
  targets: readonly TargetSnapshot[],
  board: Board,
  cursorWord: number,
): Strategy {
  const cursor = Board.word(snapshot.slot, cursorWord);
  return strategies.get(snapshot.strategy.type).create({
    targets,
    options: snapshot.strategy,
    nextCursor: () => Atomics.add(board.words, cursor, 1) >>> 0,
  });
}
