import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { ROLLOUT_CHANGES_KEPT, ROLLOUT_TEXTS_MEMORY_BYTES, ROLLOUTS_KEPT } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import type { Config } from "../../model/config.ts";
import { namesOf } from "../changes/config_change.ts";
import { boundedChange } from "./bounded_change.ts";
import { ConfigTexts } from "./config_texts.ts";
import type { RolloutEntry, RolloutOutcome, RolloutSubject } from "./rollout.ts";
import { type KeptRollouts, RolloutDirectory } from "./rollout_directory.ts";

/** A config that is in force. */
export interface RunningConfig {
  readonly config: Config;
  readonly source: string;
  readonly hash: string;
}

/** Where rollouts are kept. */
export interface RolloutStore {
  /** Empty where they live in memory alone. */
  readonly directory: string;
  /** Why the last of them are not on the disk, null where they are or need not be. */
  readonly error: string | null;
}

/** Hears of rollouts, as they come and end. */
export interface RolloutObserver {
  began(): void;
  ended(entry: RolloutEntry): void;
}

type Waiter = (entry: RolloutEntry) => void;

/** The last rollouts, with their configs, and who waits for the next. They outlive the program where there is a `state_dir`. */
export class RolloutLog {
  #entries: RolloutEntry[] = [];
  readonly #texts = new ConfigTexts(ROLLOUT_TEXTS_MEMORY_BYTES);
  readonly #waiters = new Set<Waiter>();
  #running: RunningConfig | null = null;
  #count = 0;
  /** Number of the last rollout of an earlier life of the program. */
  #lastOfOthers = 0;
  #directory: RolloutDirectory | null = null;
  #stateDir = "";
  /** Number of the last one that is on the disk, or need not be. */
  #saved = 0;
  #opened = false;
  #error: string | null = null;
  #saving: Promise<void> | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly log: Pick<Logger, "info" | "error">,
    private readonly observer: RolloutObserver | null = null,
  ) {}

  /** Oldest first. */
  get entries(): readonly RolloutEntry[] {
    return this.#entries;
  }

  /** The config in force, null before the first. */
  get running(): RunningConfig | null {
    return this.#running;
  }

  /** Where they are kept, and whether that works. */
  get store(): RolloutStore {
    return { directory: this.#stateDir, error: this.#error };
  }

  /** Whether the rollout was before this start of the program: revisions and sessions of it mean nothing now. */
  isOfEarlierLife({ number }: Pick<RolloutEntry, "number">): boolean {
    return number <= this.#lastOfOthers;
  }

  /** The text of its config; null where it has none, or it is not kept any more. */
  async text({ hash }: Pick<RolloutEntry, "hash">): Promise<Uint8Array | null> {
    return this.#texts.get(hash) ?? await this.#directory?.text(hash) ?? null;
  }

  /**
   * A rollout begins.
   * @returns notes what it came to. @param running the config, where it is in force from now on.
   */
  begin(subject: RolloutSubject): (outcome: RolloutOutcome, running?: Config) => void {
    const startedAt = this.clock.wallTime();
    const from = this.clock.now();
    this.observer?.began();
    return (outcome, running) => {
      const { source, hash } = subject;
      const base = this.#entries.findLast(({ result }) => result === "applied")?.number ?? null;
      if (running !== undefined) this.#running = { config: running, source, hash };
      const durationMs = Math.round(this.clock.now() - from);
      this.#add(entryOf(++this.#count, subject, outcome, { startedAt, durationMs, base }), subject.text);
    };
  }

  /** The next rollout that ends and fits; null when there was none in that time. */
  next(fits: (entry: RolloutEntry) => boolean, timeoutMs: number): Promise<RolloutEntry | null> {
    const { promise, resolve } = Promise.withResolvers<RolloutEntry | null>();
    const waiter: Waiter = (entry) => {
      if (!fits(entry)) return;
      this.#waiters.delete(waiter);
      cancel();
      resolve(entry);
    };
    const cancel = this.clock.timer(timeoutMs, () => {
      this.#waiters.delete(waiter);
      resolve(null);
    });
    this.#waiters.add(waiter);
    return promise;
  }

  /**
   * Keeps them in this directory from now on; empty: in memory alone. The first time what it holds is restored; numbers
   * go on from what stands there. Never throws: what fails is logged and shown.
   */
  async keepIn(stateDir: string): Promise<void> {
    const isFirst = !this.#opened;
    this.#opened = true;
    if (stateDir === this.#stateDir) return;
    await this.#saving;
    this.#stateDir = stateDir;
    this.#error = null;
    const directory = stateDir === "" ? null : new RolloutDirectory(stateDir);
    try {
      const kept = await directory?.open();
      if (kept !== undefined) this.#goOnFrom(kept, isFirst);
      this.#directory = directory;
    } catch (error) {
      this.#failed(error);
    }
    this.#save();
  }

  /** Resolves when what is known is on the disk, or cannot be. */
  async close(): Promise<void> {
    await this.#saving;
  }

  #goOnFrom({ entries, highest, problems }: KeptRollouts, isFirst: boolean): void {
    if (!isFirst) {
      this.#count = Math.max(this.#count, highest);
      this.#saved = this.#count;
      return;
    }
    for (const problem of problems) this.log.error("rollout_unreadable", { error: problem });
    const { length } = entries;
    if (length > 0) this.log.info("rollouts_restored", { rollouts: length, directory: this.#stateDir });
    // Those of this life that ended before had no number to go on from.
    const own = this.#entries.map((entry) => ({ ...entry, number: entry.number + highest }));
    this.#entries = [...entries, ...own].slice(-ROLLOUTS_KEPT);
    this.#count += highest;
    this.#saved = highest;
    this.#lastOfOthers = highest;
  }

  #add(entry: RolloutEntry, text: Uint8Array | null): void {
    this.#entries.push(entry);
    if (this.#entries.length > ROLLOUTS_KEPT) this.#entries.shift();
    if (text !== null) this.#texts.put(entry.hash, text);
    this.#texts.keepOnly(new Set(this.#entries.map(({ hash }) => hash)));
    this.observer?.ended(entry);
    for (const waiter of [...this.#waiters]) waiter(entry);
    this.#save();
  }

  #save(): void {
    if (this.#directory === null || this.#saving !== null) return;
    this.#saving = this.#saveAll(this.#directory).catch((error: unknown) => this.#failed(error)).finally(
      () => {
        this.#saving = null;
      },
    );
  }

  /** One after another, until all are there; of many that end meanwhile only those are written that are still kept. */
  async #saveAll(directory: RolloutDirectory): Promise<void> {
    for (;;) {
      const entry = this.#entries.find(({ number }) => number > this.#saved);
      if (entry === undefined) break;
      await directory.write(entry, this.#texts.get(entry.hash) ?? null);
      this.#saved = entry.number;
      this.#texts.remove(entry.hash);
      await directory.prune(this.#entries);
    }
    this.#error = null;
  }

  #failed(error: unknown): void {
    const message = `Cannot keep rollouts in ${this.#stateDir}: ${errorMessage(error)}`;
    if (this.#error !== message) this.log.error("rollouts_not_kept", { error: message });
    this.#error = message;
  }
}

function entryOf(
  number: number,
  { cause, source, hash, diagnostics }: RolloutSubject,
  { result, revision, error = "", change, receipt }: RolloutOutcome,
  facts: Pick<RolloutEntry, "startedAt" | "durationMs" | "base">,
): RolloutEntry {
  const names = (kind: "added" | "changed" | "removed"): string[] =>
    change === undefined ? [] : namesOf(change, kind);
  const bounded = change === undefined ? null : boundedChange(change, ROLLOUT_CHANGES_KEPT);
  return {
    number,
    cause,
    source,
    hash,
    diagnostics,
    result,
    revision: revision ?? null,
    error,
    ...facts,
    added: names("added"),
    changed: names("changed"),
    removed: names("removed"),
    change: bounded?.change ?? null,
    changesLeftOut: bounded?.leftOut ?? 0,
    receipt: receipt ?? null,
  };
}
