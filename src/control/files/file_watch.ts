import type { Clock } from "../../base/clock.ts";
import { Debouncer } from "../config/watching/debouncer.ts";
import { DirectoryWatcher } from "../config/watching/directory_watcher.ts";
import { fileSignature } from "../config/watching/file_signature.ts";

/** Files are looked at when their directories were quiet for this long, ... */
const QUIET_MS = 250;
/** ... or at the latest this long after the first change. */
const MAX_DELAY_MS = 2_000;
/** Their time stamps are looked at this often, since not all file systems send events. */
const POLL_MS = 5_000;

/** Tells when one of some files may have changed. */
export class FileWatch {
  readonly #clock: Clock;
  readonly #debouncer: Debouncer;
  #paths: readonly string[] = [];
  #watcher: DirectoryWatcher | null = null;
  #signatures: string | null = null;
  #cancelPoll: () => void = () => {};
  /** What is done with watchers, one after another. */
  #work: Promise<void> = Promise.resolve();

  /** @param onChange called some time after a change, or without one; not after {@link close}. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#debouncer = new Debouncer(clock, { quietMs: QUIET_MS, maxDelayMs: MAX_DELAY_MS }, () => {
      // The directories may be others now.
      this.#refresh();
      onChange();
    });
  }

  /** Watches these files in place of those before. */
  watch(paths: readonly string[]): void {
    if (paths.join("\n") === this.#paths.join("\n")) return;
    void this.close();
    this.#paths = paths;
    if (paths.length === 0) return;
    const watcher = new DirectoryWatcher(paths, {
      onChange: () => this.#debouncer.trigger(),
      // Time stamps are looked at in any case.
      onState: () => {},
    });
    this.#watcher = watcher;
    this.#refresh();
    void this.#poll(watcher);
  }

  /** Watches nothing any more; resolves when the system's watches are given back. */
  close(): Promise<void> {
    const watcher = this.#watcher;
    this.#watcher = null;
    this.#paths = [];
    this.#signatures = null;
    this.#debouncer.cancel();
    this.#cancelPoll();
    this.#work = this.#work.then(() => watcher?.close());
    return this.#work;
  }

  #refresh(): void {
    const watcher = this.#watcher;
    this.#work = this.#work.then(() => watcher === this.#watcher ? watcher?.refresh() : undefined);
  }

  async #poll(watcher: DirectoryWatcher): Promise<void> {
    const signatures = await this.#sign();
    if (watcher !== this.#watcher) return;
    // The first time, too: a change may have come after the files were read and before they were watched.
    if (signatures !== this.#signatures) this.#debouncer.trigger();
    this.#signatures = signatures;
    this.#cancelPoll = this.#clock.timer(POLL_MS, () => void this.#poll(watcher));
  }

  async #sign(): Promise<string> {
    const found = await Promise.all(this.#paths.map((path) => fileSignature(path, this.#clock.wallTime())));
    return found.map((signature) => signature?.text ?? "none").join("\n");
  }
}
