import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { AppConfig } from "../../model/config.ts";
import { FileWatch } from "./file_watch.ts";

/** Files that are bad for this long are complained about: several of them are not replaced in one moment. */
const PATIENCE_MS = 1_000;
/** Files that are others each time that they were tried are given up on after so many times. */
const MAX_ROUNDS = 5;

/** What files hold and what is doubtful about it, or what is wrong with it. */
export type FileResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly { readonly message: string }[] }
  | { readonly ok: false; readonly problems: readonly { readonly message: string }[] };

/** Files of one kind that apps name, and what they are good for. `T`: what is made of them; `S`: what is tried of it. */
export interface FileKind<T, S> {
  /** What an app has that names none. */
  readonly none: T;
  /** Code of the error when they cannot be used. */
  readonly code: "certificate" | "script" | "access";
  readonly words: FileWords;
  /** The files that an app names. */
  paths(app: AppConfig): readonly string[];
  /**
   * Begins to read files as they are now.
   * @returns what reads those of an app. Its `untried` is given what was not tried yet; then the result counts for nothing.
   */
  reader(): (app: AppConfig, untried: S[]) => FileResult<T>;
  /** Tries some; the outcome shows when they are read again. */
  settle(untried: readonly S[]): Promise<unknown>;
  isSame(a: T, b: T): boolean;
}

/** Events of the log, and what is said of files that never rest. */
export interface FileWords {
  readonly replaced: "certificates_replaced" | "scripts_replaced" | "access_lists_replaced";
  readonly restored: "certificates_restored" | "script_restored" | "access_list_restored";
  readonly doubtful: "certificate_doubtful" | "script_doubtful" | "access_list_doubtful";
  readonly unusable: "certificates_refused" | "script_refused" | "access_list_refused";
  readonly restless: string;
}

/** What a store is made from. */
export interface FileStoreOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The files of these apps hold something else than before. */
  onChange(apps: readonly string[]): void;
}

/** What the files of some apps held at one moment, by the app's name; apps without files are left out. */
export type FileSnapshot<T> = ReadonlyMap<string, T>;

/** Bad files of an app. */
interface Trouble {
  readonly message: string;
  readonly since: number;
  told: boolean;
}

/**
 * Holds what the files of one kind hold for each app, and looks after them: a change that can be used is taken over,
 * another one is complained about once while what was there before stays. All is tried before it is taken over.
 */
export class FileStore<T, S> {
  readonly #options: FileStoreOptions;
  readonly #kind: FileKind<T, S>;
  readonly #watch: FileWatch;
  readonly #trouble = new Map<string, Trouble>();
  #apps: readonly AppConfig[] = [];
  #held: FileSnapshot<T> = new Map();
  /** Counts looks that found something else. */
  #changes = 0;
  /** {@link #changes} when the files of a new config were read. */
  #changesBefore = 0;
  #cancelLook: () => void = () => {};

  constructor(kind: FileKind<T, S>, options: FileStoreOptions) {
    this.#kind = kind;
    this.#options = options;
    this.#watch = new FileWatch(options.clock, () => this.#look());
  }

  /** What the app's files hold. */
  of(app: string): T {
    return this.#held.get(app) ?? this.#kind.none;
  }

  /**
   * Reads the files of the apps of a new config, and tries what they hold. Nothing is changed.
   * @throws {FproxyError} when some cannot be used.
   */
  async prepare(apps: readonly AppConfig[]): Promise<FileSnapshot<T>> {
    const { code, words } = this.#kind;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.#changesBefore = this.#changes;
      const found = new Map<string, T>();
      const untried: S[] = [];
      const read = this.#kind.reader();
      for (const app of apps) {
        if (this.#kind.paths(app).length === 0) continue;
        const result = read(app, untried);
        if (!result.ok) throw new FproxyError(code, `App ${app.name}: ${describe(result.problems)}`);
        found.set(app.name, result.value);
      }
      if (untried.length === 0) return found;
      // Meanwhile the files may be replaced, so they are read again.
      await this.#kind.settle(untried);
    }
    throw new FproxyError(code, words.restless);
  }

  /** Whether an app's files hold something else than before. */
  differs(app: string, prepared: FileSnapshot<T>): boolean {
    return !this.#kind.isSame(this.of(app), prepared.get(app) ?? this.#kind.none);
  }

  /** Takes over what was prepared for the apps, and looks after their files from now on. */
  commit(apps: readonly AppConfig[], prepared: FileSnapshot<T>): void {
    this.#apps = apps.filter((app) => this.#kind.paths(app).length > 0);
    this.#held = prepared;
    this.#trouble.clear();
    this.#watch.watch([...new Set(this.#apps.flatMap((app) => this.#kind.paths(app)))]);
    // Else what a look found after the files were read would be lost.
    if (this.#changes !== this.#changesBefore) this.#lookIn(0);
  }

  /** Looks after nothing any more; resolves when the system's watches are given back. */
  close(): Promise<void> {
    this.#apps = [];
    this.#cancelLook();
    return this.#watch.close();
  }

  /** Reads everything again; what was not tried yet is tried, and looked at once more. */
  #look(): void {
    const held = new Map(this.#held);
    const changed: string[] = [];
    const untried: S[] = [];
    const read = this.#kind.reader();
    for (const app of this.#apps) {
      const known = untried.length;
      const result = read(app, untried);
      if (!result.ok) {
        this.#complain(app.name, describe(result.problems));
      } else if (untried.length === known && this.#isOther(app.name, result.value)) {
        held.set(app.name, result.value);
        changed.push(app.name);
        this.#doubt(app.name, result.warnings);
      }
    }
    this.#held = held;
    if (untried.length > 0) void this.#kind.settle(untried).then(() => this.#look());
    if (changed.length === 0) return;
    this.#changes++;
    this.#options.log.info(this.#kind.words.replaced, { apps: changed });
    this.#options.onChange(changed);
  }

  /** Whether files that can be used are others than before; they are no trouble any more. */
  #isOther(app: string, found: T): boolean {
    const wasTold = this.#trouble.get(app)?.told ?? false;
    this.#trouble.delete(app);
    if (!this.#kind.isSame(this.of(app), found)) return true;
    if (wasTold) this.#options.log.info(this.#kind.words.restored, { app });
    return false;
  }

  #doubt(app: string, warnings: readonly { readonly message: string }[]): void {
    for (const { message } of warnings) {
      this.#options.log.warn(this.#kind.words.doubtful, { app, warning: message });
    }
  }

  #complain(app: string, message: string): void {
    const { clock, log } = this.#options;
    const known = this.#trouble.get(app);
    const trouble = known?.message === message ? known : { message, since: clock.now(), told: false };
    this.#trouble.set(app, trouble);
    if (trouble.told) return;
    const leftMs = trouble.since + PATIENCE_MS - clock.now();
    if (leftMs <= 0) {
      trouble.told = true;
      return log.error(this.#kind.words.unusable, { app, error: message });
    }
    this.#lookIn(leftMs);
  }

  #lookIn(delayMs: number): void {
    this.#cancelLook();
    this.#cancelLook = this.#options.clock.timer(delayMs, () => this.#look());
  }
}

function describe(problems: readonly { readonly message: string }[]): string {
  return problems.map(({ message }) => message).join("; ");
}
