import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { Board, Shared } from "../model/board.ts";
import { HashTable } from "../model/hash_table.ts";
import type { AppParts } from "../model/session_effect.ts";
import type { AppSnapshot } from "../model/snapshot.ts";
import { TargetWords } from "../model/target_words.ts";
import { createStrategy } from "../strategy/mod.ts";
import type { Learner, Strategy } from "../strategy/mod.ts";
import { AvailableTargets } from "./available_targets.ts";
import { Gate } from "./gate.ts";
import type { HttpApp } from "./http/http_app.ts";
import { TrustedSenders } from "./preface/trusted_senders.ts";
import type { RuleListener } from "./rule_counts.ts";
import { TargetLatencies } from "./target_latencies.ts";
import { TargetOutcomes } from "./target_outcomes.ts";

/** What all apps of a thread have in common. */
export interface AppContext {
  readonly board: Board;
  /** Memory of tables that control makes. */
  readonly tables: SharedArrayBuffer;
  readonly clock: Pick<Clock, "wallTime">;
  readonly random: Random;
  /** Hears of rules; nobody does unless given. */
  readonly rules?: RuleListener;
  /** Code of the user's own, in the strategy of an app, failed. */
  strategyFailed(app: AppSnapshot, describe: () => string): void;
}

const UNHEARD: RuleListener = { took: () => {}, failed: () => {} };

/** Targets, and how one of them is chosen. */
export interface Choice {
  readonly set: AvailableTargets;
  readonly strategy: Strategy;
}

/** What is worked out of an app when its first client comes: there are apps by the thousand, many of them quiet. */
interface Choices {
  readonly main: Choice;
  readonly backups: Choice | null;
  readonly learner: Learner | null;
}

/**
 * One app as a data thread uses it: a snapshot and what is worked out from it once. A change of the app makes a new
 * one; sessions keep the one that they started under.
 */
export class App implements AppParts {
  /** Whom to tell how sessions with targets go, null where nobody wants to know. */
  readonly outcomes: TargetOutcomes | null;
  /** Who may come in, null for anybody. */
  readonly gate: Gate | null;
  /** Whose PROXY headers are believed, null where none is looked for. */
  readonly trustedSenders: TrustedSenders | null;
  #choices: Choices | null = null;
  /** For rollouts while it has sessions. */
  #targetKeys: ReadonlySet<string> | null = null;

  constructor(
    readonly snapshot: AppSnapshot,
    private readonly context: AppContext,
    /** For an app in HTTP mode, null else. */
    readonly http: HttpApp | null = null,
  ) {
    const { outliers, proxyAccept } = snapshot;
    this.outcomes = outliers === null ? null : new TargetOutcomes(snapshot, outliers, context.board);
    this.gate = Gate.of(snapshot, context.tables);
    this.trustedSenders = proxyAccept === null ? null : new TrustedSenders(proxyAccept.trusted);
  }

  /** Among the targets that are no backups. */
  get choice(): Choice {
    return (this.#choices ??= this.#choose()).main;
  }

  /** Among the backups, null where there are none. */
  get backups(): Choice | null {
    return (this.#choices ??= this.#choose()).backups;
  }

  /** Is to hear how targets fare, null where no strategy wants to. */
  get learner(): Learner | null {
    return (this.#choices ??= this.#choose()).learner;
  }

  /** Targets that can be given sessions now, backups included. */
  get available(): number {
    return countAvailable(this.choice) + countAvailable(this.backups);
  }

  get isHttp(): boolean {
    return this.http !== null;
  }

  hasListener(key: string): boolean {
    return this.snapshot.listeners.some((listener) => listener.key === key);
  }

  hasTarget(key: string): boolean {
    return (this.#targetKeys ??= new Set(this.snapshot.targets.map((target) => target.key))).has(key);
  }

  #choose(): Choices {
    const { snapshot, context } = this;
    const available = (): number => this.available;
    const main = choice(snapshot, false, context, available);
    const hasBackups = snapshot.targets.some((target) => target.backup);
    const backups = hasBackups ? choice(snapshot, true, context, available) : null;
    return { main, backups, learner: learnerOf(snapshot, main, backups) };
  }
}

function choice(
  snapshot: AppSnapshot,
  isBackup: boolean,
  { board, tables, clock, random, rules = UNHEARD, strategyFailed }: AppContext,
  available: () => number,
): Choice {
  const { name, slot, targets, strategy: options, policy: { failOpenPercent } } = snapshot;
  const { words } = board;
  const cursorOf = (of: number): number => Board.word(of, isBackup ? Shared.backupCursor : Shared.cursor);
  const cursor = cursorOf(slot);
  // Made when first needed: there are apps by the thousand, many of them quiet.
  let taken: Int32Array | null = null;
  const set = new AvailableTargets(targets, isBackup, new TargetWords(board), failOpenPercent);
  const strategy = createStrategy({
    app: name,
    set,
    options,
    targets,
    isBackup,
    random,
    times: new TargetLatencies(targets, board),
    failed: (describe) => strategyFailed(snapshot, describe),
    table: (ref) => new HashTable(tables, ref),
    nextCursor: () => Atomics.add(words, cursor, 1) >>> 0,
    now: () => clock.wallTime() >>> 0,
    wallTime: () => clock.wallTime(),
    available,
    rules: {
      nextCursor: (of) => Atomics.add(words, cursorOf(of), 1) >>> 0,
      took: (of) => rules.took(of),
      failed: (of, rule, reason) => rules.failed(of, snapshot.name, rule, reason),
    },
    open: (target) => {
      taken ??= Int32Array.from(targets, (one) => Board.word(one.slot, Shared.taken));
      return Atomics.load(words, taken[target]!);
    },
  });
  return { set, strategy };
}

function countAvailable(choice: Choice | null): number {
  if (choice === null) return 0;
  choice.set.update();
  return choice.set.count;
}

/** Both strategies are of one kind; each hears of the targets that it chooses among. */
function learnerOf({ targets }: AppSnapshot, choice: Choice, backups: Choice | null): Learner | null {
  const own = choice.strategy.learner ?? null;
  const others = backups?.strategy.learner;
  if (own === null || others === undefined) return own;
  const of = (target: number): Learner => targets[target]?.backup === true ? others : own;
  return {
    served: (target, ms) => of(target).served(target, ms),
    failed: (target, ms) => of(target).failed(target, ms),
  };
}
