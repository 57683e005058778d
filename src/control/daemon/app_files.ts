import type { AppConfig } from "../../model/config.ts";
import type { ScriptSnapshot } from "../../model/snapshot.ts";
import { type AppCertificates, NO_CERTIFICATES } from "../certificates/app_certificates.ts";
import { CertificateStore } from "../certificates/certificate_store.ts";
import type { FileSnapshot, FileStoreOptions } from "../files/file_store.ts";
import { ScriptStore } from "../scripts/script_store.ts";
import type { CompileContext } from "./compile.ts";

/** What was found for a new config. */
export interface PreparedFiles {
  readonly certificates: FileSnapshot<AppCertificates>;
  readonly scripts: FileSnapshot<ScriptSnapshot | null>;
}

/** The files that apps name, as far as data threads work with what they hold: certificates and scripts. */
export class AppFiles {
  readonly #certificates: CertificateStore;
  readonly #scripts: ScriptStore;

  constructor(options: FileStoreOptions) {
    this.#certificates = new CertificateStore(options);
    this.#scripts = new ScriptStore(options);
  }

  /** What apps are compiled from. @param prepared in place of what is held. */
  contents(prepared?: PreparedFiles): Pick<CompileContext, "certificates" | "script"> {
    if (prepared === undefined) {
      return {
        certificates: ({ name }) => this.#certificates.of(name),
        script: ({ name }) => this.#scripts.of(name),
      };
    }
    const { certificates, scripts } = prepared;
    return {
      certificates: ({ name }) => certificates.get(name) ?? NO_CERTIFICATES,
      script: ({ name }) => scripts.get(name) ?? null,
    };
  }

  /** Reads and tries the files of a new config. Nothing is changed. @throws {FproxyError} when some cannot be used. */
  async prepare(apps: readonly AppConfig[]): Promise<PreparedFiles> {
    const certificates = await this.#certificates.prepare(apps);
    return { certificates, scripts: await this.#scripts.prepare(apps) };
  }

  /** Whether an app's files hold something else than before. */
  differs(app: string, { certificates, scripts }: PreparedFiles): boolean {
    return this.#certificates.differs(app, certificates) || this.#scripts.differs(app, scripts);
  }

  /** Takes over what was prepared, and looks after these files from now on. */
  commit(apps: readonly AppConfig[], { certificates, scripts }: PreparedFiles): void {
    this.#certificates.commit(apps, certificates);
    this.#scripts.commit(apps, scripts);
  }

  /** Looks after nothing any more; resolves when the system's watches are given back. */
  async close(): Promise<void> {
    await Promise.all([this.#certificates.close(), this.#scripts.close()]);
  }
}
