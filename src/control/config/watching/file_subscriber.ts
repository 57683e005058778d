import type { Clock } from "../../../base/clock.ts";
import { type ConfigDocument, FileDocument } from "./config_document.ts";
import { Debouncer } from "./debouncer.ts";
import { DirectoryWatcher } from "./directory_watcher.ts";
import { fileSignature } from "./file_signature.ts";
import { ConfigLoader } from "../config_loader.ts";
import { type LoadResult, tried, unreadable, type Verdicts } from "../load.ts";
import { readConfigFile } from "../read_file.ts";
import { sha256 } from "./sha256.ts";
import type {
  ConfigCause,
  ConfigEvent,
  ConfigSubscriber,
  ConfigSubscriberKind,
  LookCause,
  SubscriberOptions,
} from "./subscriber.ts";

/** A file is read when its directory was quiet for this long, ... */
const QUIET_MS = 50;
/** ... or at the latest this long after the first change. */
const MAX_DELAY_MS = 500;
/** Bad news must hold for this long: a file in the middle of being written is no mistake. */
const SETTLE_MS = 250;
/** After a file was read, it rests so many times as long as that took, but at most this long: others have work to do. */
const REST_TIMES = 3;
const MAX_REST_MS = 2_000;
/** The file's time stamps are looked at this often, since not all file systems send events (NFS, some mounts). */
const POLL_MS = 1000;

/** Watches one config file. */
export const fileSubscriber: ConfigSubscriberKind = {
  name: "file",
  summary: "a YAML or JSON file, watched for changes",
  create: (options) => new FileSubscriber(options),
};

/** How bytes are read; tests put a slow disk here. */
export type ReadFile = (path: string) => Promise<Uint8Array<ArrayBuffer>>;

/** What a look at the file came to, so that the same is told once. */
type Finding = Extract<ConfigEvent, { type: "config" | "invalid" | "missing" }>;

/**
 * The file subscriber. In-place writes, atomic renames and symlink swaps are all noticed, in the file's directory and in
 * that of every symbolic link on the way; deletion and return of the directory as well. Looks never overlap, so an older
 * content is never told after a newer one.
 */
export class FileSubscriber implements ConfigSubscriber {
  readonly name = "file";
  readonly document: ConfigDocument;
  readonly #options: SubscriberOptions;
  readonly #clock: Clock;
  readonly #readFile: ReadFile;
  readonly #loader: ConfigLoader;
  readonly #watcher: DirectoryWatcher;
  readonly #debouncer: Debouncer;
  #onEvent: ((event: ConfigEvent) => void) | null = null;
  #cancelPoll: () => void = () => {};
  #cancelSettle: () => void = () => {};
  #cancelRest: (() => void) | null = null;
  #restUntil = 0;
  #signature = "";
  /** Key of the last finding that was told. */
  #told = "";
  /** Key of a bad finding that is not told yet, and when it was first seen. */
  #suspect = "";
  #suspectSince = 0;
  #wanted = false;
  /** Who wants to be told even what is not new; null for nobody. */
  #forced: LookCause | null = null;
  #looking: Promise<void> | null = null;

  constructor(options: SubscriberOptions, readFile: ReadFile = readConfigFile) {
    this.#options = options;
    this.#clock = options.clock;
    this.#readFile = readFile;
    const { location: file, strategies, env } = options;
    this.document = new FileDocument(file, env, strategies);
    this.#loader = new ConfigLoader(env, { file, strategies });
    this.#debouncer = new Debouncer(
      options.clock,
      { quietMs: QUIET_MS, maxDelayMs: MAX_DELAY_MS },
      () => this.#look(),
    );
    this.#watcher = new DirectoryWatcher([options.location], {
      onChange: () => this.#debouncer.trigger(),
      onState: (failure) =>
        this.#emit({
          type: "watching",
          how: failure === null ? "events" : "polling",
          reason: failure ?? "the system sends events again",
          source: options.location,
        }),
    });
  }

  start(onEvent: (event: ConfigEvent) => void): void {
    this.#onEvent = onEvent;
    this.refresh("start");
    this.#poll();
  }

  refresh(cause: LookCause): void {
    this.#forced = cause;
    this.#look();
  }

  async close(): Promise<void> {
    this.#onEvent = null;
    await this.idle();
    await this.#watcher.close();
    this.#cancelPoll();
    this.#cancelSettle();
    this.#cancelRest?.();
    this.#debouncer.cancel();
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    while (this.#looking !== null) await this.#looking;
  }

  #poll(): void {
    this.#cancelPoll = this.#clock.timer(POLL_MS, () => {
      this.#look();
      this.#poll();
    });
  }

  /** Looks now, or once more after the look that is under way, or after the rest. */
  #look(): void {
    this.#wanted = true;
    if (this.#rests()) return;
    this.#looking ??= this.#lookWhileWanted().finally(() => {
      this.#looking = null;
      if (this.#wanted && this.#onEvent !== null) this.#look();
    });
  }

  /** Whether it is too early to look; then that is done later. What is asked for explicitly is never too early. */
  #rests(): boolean {
    const leftMs = this.#restUntil - this.#clock.now();
    if (this.#forced !== null || leftMs <= 0) return false;
    this.#cancelRest ??= this.#clock.timer(leftMs, () => {
      this.#cancelRest = null;
      this.#look();
    });
    return true;
  }

  async #lookWhileWanted(): Promise<void> {
    while (this.#wanted && this.#onEvent !== null && !this.#rests()) {
      this.#wanted = false;
      const forced = this.#forced;
      this.#forced = null;
      // Watching begins before reading: what changes in between is then noticed.
      await this.#watcher.refresh();
      const finding = await this.#find(forced);
      if (finding !== null) this.#judge(finding, forced !== null);
    }
  }

  /** What the file holds now, or null where it was surely not touched since the last look. */
  async #find(forced: ConfigCause | null): Promise<Finding | null> {
    const { location: source } = this.#options;
    const cause = forced ?? "file";
    const signature = await fileSignature(source, this.#clock.wallTime());
    const unchanged = signature?.text === this.#signature && signature.trusted;
    if (unchanged && forced === null && this.#suspect === "") return null;
    this.#signature = signature?.text ?? "";
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await this.#readFile(source);
    } catch (error) {
      return { type: "missing", diagnostic: unreadable(source, error), source, cause };
    }
    const hash = await sha256(bytes);
    if (hash === this.#told && forced === null) {
      this.#suspect = "";
      return null;
    }
    const result = await tried((verdicts) => this.#load(bytes, verdicts));
    return result.ok
      ? { type: "config", config: result.config, warnings: result.warnings, hash, text: bytes, source, cause }
      : { type: "invalid", diagnostics: result.diagnostics, hash, text: bytes, source, cause };
  }

  #load(bytes: Uint8Array, verdicts: Verdicts): LoadResult {
    const startedAt = this.#clock.now();
    const result = this.#loader.load(bytes, verdicts);
    const now = this.#clock.now();
    this.#restUntil = now + Math.min((now - startedAt) * REST_TIMES, MAX_REST_MS);
    return result;
  }

  /** Tells good news at once, bad news once they have held for a while; neither twice. */
  #judge(finding: Finding, forced: boolean): void {
    const key = finding.type === "missing" ? finding.diagnostic.message : finding.hash;
    if (key === this.#told && !forced) {
      this.#suspect = "";
      return;
    }
    if (key !== this.#suspect) this.#suspectSince = this.#clock.now();
    const heldMs = this.#clock.now() - this.#suspectSince;
    if (finding.type === "config" || forced || heldMs >= SETTLE_MS) {
      this.#suspect = "";
      this.#told = key;
      this.#emit(finding);
      return;
    }
    this.#suspect = key;
    this.#cancelSettle();
    this.#cancelSettle = this.#clock.timer(SETTLE_MS - heldMs, () => this.#look());
  }

  #emit(event: ConfigEvent): void {
    this.#onEvent?.(event);
  }
}
