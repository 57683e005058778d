import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { AppConfig } from "../../model/config.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import {
  type AppCertificates,
  certificatePaths,
  NO_CERTIFICATES,
  readAppCertificates,
} from "./app_certificates.ts";
import type { CertificateProblem, CertificateResult } from "./certificate_problem.ts";
import { CertificateReader } from "./certificate_reader.ts";
import { FileWatch } from "./file_watch.ts";
import { type PairTrials, pairTrials } from "./pair_trials.ts";
import { failedTrial } from "./read_certificates.ts";
import { type ReadTextFile, readTextFile } from "./read_text_file.ts";

/** Files that are bad for this long are complained about: a pair of files is not replaced in one moment. */
const PATIENCE_MS = 1_000;
/** Files that are others each time that they were tried are given up on after so many times. */
const MAX_ROUNDS = 5;

/** What a store is made from. */
export interface CertificateStoreOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads files; from the disk unless given. */
  readonly read?: ReadTextFile;
  /** Tries certificates; those of the process unless given. */
  readonly trials?: PairTrials;
  /** The files of these apps hold something else than before. */
  onChange(apps: readonly string[]): void;
}

/** What the certificate files of some apps held at one moment, by the app's name; apps without files are left out. */
export type CertificateSnapshot = ReadonlyMap<string, AppCertificates>;

/** Bad files of an app. */
interface Trouble {
  readonly message: string;
  readonly since: number;
  told: boolean;
}

/**
 * Holds the certificates of the apps, and looks after their files: a change that can be used is taken over, another one
 * is complained about once while the old certificates stay. A certificate is tried before it is taken over.
 */
export class CertificateStore {
  readonly #options: CertificateStoreOptions;
  readonly #trials: PairTrials;
  readonly #watch: FileWatch;
  readonly #trouble = new Map<string, Trouble>();
  #apps: readonly AppConfig[] = [];
  #held: CertificateSnapshot = new Map();
  /** Counts looks that found something else. */
  #changes = 0;
  /** {@link #changes} when the files of a new config were read. */
  #changesBefore = 0;
  #cancelLook: () => void = () => {};

  constructor(options: CertificateStoreOptions) {
    this.#options = options;
    this.#trials = options.trials ?? pairTrials;
    this.#watch = new FileWatch(options.clock, () => this.#look());
  }

  /** What the app's files hold. */
  of(app: string): AppCertificates {
    return this.#held.get(app) ?? NO_CERTIFICATES;
  }

  /**
   * Reads the files of the apps of a new config, and tries the certificates. Nothing is changed.
   * @throws {FproxyError} code `certificate` when some cannot be used.
   */
  async prepare(apps: readonly AppConfig[]): Promise<CertificateSnapshot> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.#changesBefore = this.#changes;
      const found = new Map<string, AppCertificates>();
      const untried: ServerCertificate[] = [];
      const reader = this.#reader();
      for (const app of apps) {
        if (certificatePaths(app).length === 0) continue;
        const result = this.#read(app, reader, untried);
        if (!result.ok) throw new FproxyError("certificate", `App ${app.name}: ${describe(result.problems)}`);
        found.set(app.name, result.value);
      }
      if (untried.length === 0) return found;
      // Meanwhile the files may be replaced, so they are read again.
      await this.#trials.settle(untried);
    }
    throw new FproxyError("certificate", "The files of certificates change all the time");
  }

  /** Whether an app's files hold something else than before. */
  differs(app: string, prepared: CertificateSnapshot): boolean {
    return !same(this.of(app), prepared.get(app) ?? NO_CERTIFICATES);
  }

  /** Takes over what was prepared for the apps, and looks after their files from now on. */
  commit(apps: readonly AppConfig[], prepared: CertificateSnapshot): void {
    this.#apps = apps.filter((app) => certificatePaths(app).length > 0);
    this.#held = prepared;
    this.#trouble.clear();
    this.#watch.watch([...new Set(this.#apps.flatMap(certificatePaths))]);
    // Else what a look found after the files were read would be lost.
    if (this.#changes !== this.#changesBefore) this.#lookIn(0);
  }

  /** Looks after nothing any more; resolves when the system's watches are given back. */
  close(): Promise<void> {
    this.#apps = [];
    this.#cancelLook();
    return this.#watch.close();
  }

  /** Reads files as they are now. */
  #reader(): CertificateReader {
    const { read = readTextFile, clock } = this.#options;
    return new CertificateReader(read, clock.wallTime());
  }

  /** Reads an app's files. @param untried is given the certificate when it was not tried yet. */
  #read(
    app: AppConfig,
    reader: CertificateReader,
    untried: ServerCertificate[],
  ): CertificateResult<AppCertificates> {
    const result = readAppCertificates(app, reader);
    if (!result.ok || result.value.certificate === null || app.tls === null) return result;
    const failure = this.#trials.failure(result.value.certificate);
    if (failure === undefined) untried.push(result.value.certificate);
    return typeof failure === "string" ? { ok: false, problems: [failedTrial(app.tls, failure)] } : result;
  }

  /** Reads everything again; what was not tried yet is tried, and looked at once more. */
  #look(): void {
    const held = new Map(this.#held);
    const changed: string[] = [];
    const untried: ServerCertificate[] = [];
    const reader = this.#reader();
    for (const app of this.#apps) {
      const known = untried.length;
      const result = this.#read(app, reader, untried);
      if (!result.ok) {
        this.#complain(app.name, describe(result.problems));
      } else if (untried.length === known && this.#isOther(app.name, result.value)) {
        held.set(app.name, result.value);
        changed.push(app.name);
        this.#doubt(app.name, result.warnings);
      }
    }
    this.#held = held;
    if (untried.length > 0) void this.#trials.settle(untried).then(() => this.#look());
    if (changed.length === 0) return;
    this.#changes++;
    this.#options.log.info("certificates_replaced", { apps: changed });
    this.#options.onChange(changed);
  }

  /** Whether files that can be used are others than before; they are no trouble any more. */
  #isOther(app: string, found: AppCertificates): boolean {
    const wasTold = this.#trouble.get(app)?.told ?? false;
    this.#trouble.delete(app);
    if (!same(this.of(app), found)) return true;
    if (wasTold) this.#options.log.info("certificates_restored", { app });
    return false;
  }

  #doubt(app: string, warnings: readonly CertificateProblem[]): void {
    for (const { message } of warnings) {
      this.#options.log.warn("certificate_doubtful", { app, warning: message });
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
      return log.error("certificates_refused", {
        app,
        error: message,
      });
    }
    this.#lookIn(leftMs);
  }

  #lookIn(delayMs: number): void {
    this.#cancelLook();
    this.#cancelLook = this.#options.clock.timer(delayMs, () => this.#look());
  }
}

function describe(problems: readonly CertificateProblem[]): string {
  return problems.map(({ message }) => message).join("; ");
}

function same(a: AppCertificates, b: AppCertificates): boolean {
  return a.certificate?.cert === b.certificate?.cert && a.certificate?.key === b.certificate?.key &&
    a.caCerts.join() === b.caCerts.join();
}
