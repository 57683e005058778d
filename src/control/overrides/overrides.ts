import type { Clock } from "../../base/clock.ts";
import { errorMessage, FproxyError } from "../../base/errors.ts";
import { GONE_OVERRIDE_MS, MAX_OVERRIDES, OVERRIDE_CHECK_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import {
  type OverrideChange,
  type OverridePart,
  type OverrideValues,
  overrideValues,
  type TargetOverride,
} from "./override.ts";
import { OverrideFile } from "./override_file.ts";
import { isoTime } from "./override_json.ts";
import { type ConfiguredWeight, OverrideTable } from "./override_table.ts";

/** What overrides are made from. */
export interface OverridesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Weight of a target in the running config. */
  readonly configured: ConfiguredWeight;
  /** Most targets that may be overridden at once; {@link MAX_OVERRIDES} unless given. */
  readonly most?: number;
  /** What an operator says of a target is another from now on. */
  onChange(app: string, target: string): void;
}

/** What an operator asks for, `forMs` from now on; null for until it is taken back. */
export type OverrideOrder = Omit<OverrideChange, "until"> & { readonly forMs: number | null };

/** Where overrides are kept. */
export interface OverridesStore {
  /** `state_dir`, empty where they live in memory alone. */
  readonly directory: string;
  /** Why what is in force is not on the disk, null where it is or need not be. */
  readonly error: string | null;
}

/**
 * What operators said of targets while the program runs. It outlives rollouts, since it is kept by names, and the program
 * itself where there is a `state_dir`.
 */
export class Overrides {
  readonly #table = new OverrideTable();
  #file: OverrideFile | null = null;
  #directory = "";
  #error: string | null = null;
  #cancel: () => void = () => {};
  #opened = false;
  #closed = false;

  constructor(private readonly options: OverridesOptions) {}

  /** Where they are kept, and whether that works. */
  get store(): OverridesStore {
    return { directory: this.#directory, error: this.#error };
  }

  /**
   * Keeps them in this directory from now on; empty: in memory alone. The first time what the directory holds is restored;
   * at a later change what is in force is written to the new one. Never throws: what fails is logged and shown.
   */
  async keepIn(directory: string): Promise<void> {
    const isFirst = !this.#opened;
    this.#opened = true;
    if (directory === this.#directory) return;
    this.#directory = directory;
    this.#error = null;
    this.#file = directory === "" ? null : new OverrideFile(directory);
    if (this.#file !== null && isFirst) await this.#restore(this.#file);
    else await this.#save();
  }

  /** What was said of a target. */
  get(app: string, target: string): TargetOverride | undefined {
    return this.#table.get(app, target);
  }

  /** The same, values alone. */
  values(app: string, target: string): OverrideValues | null {
    return overrideValues(this.#table.get(app, target));
  }

  /** All of them. */
  all(): Iterable<TargetOverride> {
    return this.#table.all();
  }

  /**
   * Changes what is said of a target that the config has. It is in force when this returns; the promise resolves when it is
   * on the disk, too, or cannot be, see {@link store}.
   * @throws {FproxyError} code `too_many_overrides`, or `unknown_target`.
   */
  set(app: string, target: string, order: OverrideOrder): Promise<void> {
    const configured = this.options.configured(app, target);
    if (configured === null) throw new FproxyError("unknown_target", `No target ${target} of app ${app}`);
    const { most = MAX_OVERRIDES } = this.options;
    if (this.#table.size >= most && this.get(app, target) === undefined) {
      throw new FproxyError("too_many_overrides", `There are ${most} overrides, which is the most`);
    }
    const now = this.options.clock.wallTime();
    const { forMs, ...change } = order;
    const until = forMs === null ? null : now + forMs;
    this.#table.change(app, target, { ...change, until }, configured, now);
    const { state, weight, by, reason } = change;
    this.options.log.info("override_set", {
      app,
      target,
      state,
      weight,
      by,
      reason,
      until: until === null ? null : isoTime(until),
    });
    this.options.onChange(app, target);
    return this.#changed();
  }

  /**
   * Takes parts back, of targets that are gone, too.
   * @returns what resolves as in {@link set}; null where there was nothing to take back.
   */
  clear(app: string, target: string, parts: readonly OverridePart[], by: string): Promise<void> | null {
    const before = this.get(app, target);
    const cleared = parts.filter((part) => (before?.[part] ?? null) !== null);
    if (cleared.length === 0) return null;
    this.#table.clear(app, target, cleared);
    this.options.log.info("override_cleared", { app, target, parts: cleared, by });
    this.options.onChange(app, target);
    return this.#changed();
  }

  /** To be called when the config changed: overrides of targets that are gone are kept for a while. */
  reconcile(): void {
    if (this.#table.reconcile(this.options.configured, this.options.clock.wallTime())) void this.#changed();
  }

  /** Ends the clock of the overrides; resolves when they are on the disk. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#file?.settled();
  }

  async #restore(file: OverrideFile): Promise<void> {
    const { log } = this.options;
    try {
      const { overrides, problems } = await file.read();
      for (const problem of problems) log.error("override_refused", { error: problem });
      for (const override of overrides) this.#table.put(override);
      this.#expire();
      if (overrides.length > 0) {
        log.info("overrides_restored", { targets: this.#table.size, file: file.path });
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#schedule();
  }

  #changed(): Promise<void> {
    this.#schedule();
    return this.#save();
  }

  async #save(): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    try {
      await file.write(this.#table.all());
      if (file === this.#file) this.#error = null;
    } catch (error) {
      if (file === this.#file) this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const message = `Cannot keep overrides in ${this.#directory}: ${errorMessage(error)}`;
    if (this.#error !== message) this.options.log.error("overrides_not_kept", { error: message });
    this.#error = message;
  }

  /** @returns whether any ended. */
  #expire(): boolean {
    const ended = this.#table.expire(this.options.clock.wallTime(), GONE_OVERRIDE_MS);
    for (const { override: { app, target }, part, why } of ended) {
      this.options.log.info("override_ended", { app, target, part, why });
      this.options.onChange(app, target);
    }
    return ended.length > 0;
  }

  #schedule(): void {
    this.#cancel();
    const next = this.#table.nextEnd(GONE_OVERRIDE_MS);
    if (next === null || this.#closed) return;
    const leftMs = Math.max(0, next - this.options.clock.wallTime());
    this.#cancel = this.options.clock.timer(Math.min(leftMs, OVERRIDE_CHECK_MS), () => {
      if (this.#expire()) void this.#changed();
      else this.#schedule();
    });
  }
}
