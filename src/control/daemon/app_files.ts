import type { AppConfig } from "../../model/config.ts";
import type { ScriptSnapshot } from "../../model/snapshot.ts";
import type { AccessFiles } from "../access/access_file.ts";
import { AccessStore, NO_LISTS } from "../access/access_store.ts";
import { type AppCertificates, NO_CERTIFICATES } from "../certificates/app_certificates.ts";
import { CertificateStore } from "../certificates/certificate_store.ts";
import type { FileSnapshot, FileStoreOptions } from "../files/file_store.ts";
import { ScriptStore } from "../scripts/script_store.ts";
import type { CompileContext } from "./compile.ts";

/** What the files of apps hold. */
export interface FileContents extends Pick<CompileContext, "certificates" | "script"> {
  /** Lists that the access rules of an app name. */
  lists(app: AppConfig): AccessFiles;
}

/** What was found for a new config. */
export interface PreparedFiles {
  readonly certificates: FileSnapshot<AppCertificates>;
  readonly scripts: FileSnapshot<ScriptSnapshot | null>;
  readonly lists: FileSnapshot<AccessFiles>;
}

/** The files that apps name, as far as data threads work with what they hold. */
export class AppFiles {
  readonly #certificates: CertificateStore;
  readonly #scripts: ScriptStore;
  readonly #lists: AccessStore;

  constructor(options: FileStoreOptions) {
    this.#certificates = new CertificateStore(options);
    this.#scripts = new ScriptStore(options);
    this.#lists = new AccessStore(options);
  }

  /** What apps are compiled from. @param prepared in place of what is held. */
  contents(prepared?: PreparedFiles): FileContents {
    if (prepared === undefined) {
      return {
        certificates: ({ name }) => this.#certificates.of(name),
        script: ({ name }) => this.#scripts.of(name),
        lists: ({ name }) => this.#lists.of(name),
      };
    }
    const { certificates, scripts, lists } = prepared;
    return {
      certificates: ({ name }) => certificates.get(name) ?? NO_CERTIFICATES,
      script: ({ name }) => scripts.get(name) ?? null,
      lists: ({ name }) => lists.get(name) ?? NO_LISTS,
    };
  }

  /** Reads and tries the files of a new config. Nothing is changed. @throws {FproxyError} when some cannot be used. */
  async prepare(apps: readonly AppConfig[]): Promise<PreparedFiles> {
    const certificates = await this.#certificates.prepare(apps);
    const scripts = await this.#scripts.prepare(apps);
    return { certificates, scripts, lists: await this.#lists.prepare(apps) };
  }

  /** Whether an app's files hold something else than before. */
  differs(app: string, { certificates, scripts, lists }: PreparedFiles): boolean {
    return this.#certificates.differs(app, certificates) || this.#scripts.differs(app, scripts) ||
      this.#lists.differs(app, lists);
  }

  /** Takes over what was prepared, and looks after these files from now on. */
  commit(apps: readonly AppConfig[], { certificates, scripts, lists }: PreparedFiles): void {
    this.#certificates.commit(apps, certificates);
    this.#scripts.commit(apps, scripts);
    this.#lists.commit(apps, lists);
  }

  /** Looks after nothing any more; resolves when the system's watches are given back. */
  async close(): Promise<void> {
    await Promise.all([this.#certificates, this.#scripts, this.#lists].map((store) => store.close()));
  }
}
