import { createSecureContext } from "node:tls";
import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import type { AdminTls } from "../../../model/config_admin.ts";
import { CertificateReader } from "../../certificates/certificate_reader.ts";
import { FileWatch } from "../../files/file_watch.ts";
import { type ReadTextFile, readTextFile } from "../../files/read_text_file.ts";
import type { TlsChoice, TlsSettings } from "./admin_listener.ts";

/** TLS of the admin server, from files that are read again when they change. */
export class TlsFiles {
  readonly #watch: FileWatch;
  #files: AdminTls | undefined;
  #settings: TlsSettings | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly read: ReadTextFile = readTextFile,
  ) {
    this.#watch = new FileWatch(clock, () => this.#look());
  }

  /** For new connections: null where it speaks no TLS, `closed` where it should and has nothing to speak it with. */
  get choice(): TlsChoice {
    return this.#files === undefined ? null : this.#settings ?? "closed";
  }

  /** Takes other files. @param files undefined for no TLS. */
  configure(files: AdminTls | undefined): void {
    if (JSON.stringify(files) === JSON.stringify(this.#files)) return;
    this.#files = files;
    this.#settings = null;
    const { cert_file, key_file, client_ca_file } = files ?? {};
    this.#watch.watch([cert_file, key_file, client_ca_file].filter((path) => path !== undefined));
    this.#look();
  }

  /** Watches nothing any more. */
  close(): Promise<void> {
    return this.#watch.close();
  }

  /** Reads the files; what cannot be used is told, and what there was stays. */
  #look(): void {
    if (this.#files === undefined) return;
    const problem = this.#take(this.#files);
    if (problem === null) return;
    this.log.error("admin_tls_failed", {
      error: problem,
      kept: this.#settings !== null,
    });
  }

  #take(files: AdminTls): string | null {
    const reader = new CertificateReader(this.read, this.clock.wallTime());
    const pair = reader.pair(files);
    const ca = files.client_ca_file === undefined ? null : reader.authorities(files.client_ca_file);
    for (const one of [pair, ca]) {
      if (one !== null && !one.ok) return one.problems.map(({ message }) => message).join("; ");
    }
    if (!pair.ok) return null;
    const clientAuthorities = ca?.ok === true ? ca.value : null;
    try {
      // What the runtime cannot use is told now, not by each connection.
      createSecureContext(pair.value);
    } catch (error) {
      return errorMessage(error);
    }
    this.#settings = { ...pair.value, clientAuthorities };
    return null;
  }
}
