import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { AppConfig } from "../../model/config.ts";
import {
  type AppCertificates,
  certificatePaths,
  NO_CERTIFICATES,
  readAppCertificates,
} from "./app_certificates.ts";
import { FileWatch } from "./file_watch.ts";
import type { CertificateProblem } from "./read_certificates.ts";
import { type ReadTextFile, readTextFile } from "./read_text_file.ts";

/** Files that are bad for this long are complained about: a pair of files is not replaced in one moment. */
const PATIENCE_MS = 1_000;

/** What a store is made from. */
export interface CertificateStoreOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads files; from the disk unless given. */
  readonly read?: ReadTextFile;
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
 * is complained about once while the old certificates stay.
 */
export class CertificateStore {
  readonly #options: CertificateStoreOptions;
  readonly #read: ReadTextFile;
  readonly #watch: FileWatch;
  readonly #trouble = new Map<string, Trouble>();
  #apps: readonly AppConfig[] = [];
  #held: CertificateSnapshot = new Map();
  #cancelLook: () => void = () => {};

  constructor(options: CertificateStoreOptions) {
    this.#options = options;
    this.#read = options.read ?? readTextFile;
    this.#watch = new FileWatch(options.clock, () => this.#look());
  }

  /** What the app's files hold. */
  of(app: string): AppCertificates {
    return this.#held.get(app) ?? NO_CERTIFICATES;
  }

  /**
   * Reads the files of the apps of a new config. Nothing is changed.
   * @throws {FproxyError} code `certificate` when some cannot be used.
   */
  prepare(apps: readonly AppConfig[]): CertificateSnapshot {
    const found = new Map<string, AppCertificates>();
    for (const app of apps) {
      if (certificatePaths(app).length === 0) continue;
      const result = readAppCertificates(app, this.#read);
      if (!result.ok) throw new FproxyError("certificate", `App ${app.name}: ${describe(result.problems)}`);
      found.set(app.name, result.value);
    }
    return found;
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
  }

  /** Looks after nothing any more; resolves when the system's watches are given back. */
  close(): Promise<void> {
    this.#cancelLook();
    return this.#watch.close();
  }

  /** Reads everything again. */
  #look(): void {
    const held = new Map(this.#held);
    const changed: string[] = [];
    for (const app of this.#apps) {
      const result = readAppCertificates(app, this.#read);
      if (!result.ok) {
        this.#complain(app.name, describe(result.problems));
        continue;
      }
      const wasTold = this.#trouble.get(app.name)?.told ?? false;
      this.#trouble.delete(app.name);
      if (!same(this.of(app.name), result.value)) {
        held.set(app.name, result.value);
        changed.push(app.name);
      } else if (wasTold) {
        this.#options.log.info("certificate files are as before again", { app: app.name });
      }
    }
    this.#held = held;
    if (changed.length === 0) return;
    this.#options.log.info("certificates replaced", { apps: changed });
    this.#options.onChange(changed);
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
      return log.error("certificate files cannot be used, the old certificates stay", {
        app,
        error: message,
      });
    }
    this.#cancelLook();
    this.#cancelLook = clock.timer(leftMs, () => this.#look());
  }
}

function describe(problems: readonly CertificateProblem[]): string {
  return problems.map(({ message }) => message).join("; ");
}

function same(a: AppCertificates, b: AppCertificates): boolean {
  return a.certificate?.cert === b.certificate?.cert && a.certificate?.key === b.certificate?.key &&
    a.caCerts.join() === b.caCerts.join();
}
