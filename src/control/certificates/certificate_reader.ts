import type { ServerCertificate } from "../../model/http_policy.ts";
import type { CertificateFiles, CertificateResult } from "./certificate_problem.ts";
import { readAuthorities, readServerCertificate } from "./read_certificates.ts";
import type { ReadTextFile } from "../files/read_text_file.ts";

/** Reads certificates for many apps at one moment: files that several of them name are read once. */
export class CertificateReader {
  readonly #pairs = new Map<string, CertificateResult<ServerCertificate>>();
  readonly #authorities = new Map<string, CertificateResult<readonly string[]>>();

  /** @param wallTimeMs now, since the Unix epoch. */
  constructor(private readonly read: ReadTextFile, private readonly wallTimeMs: number) {}

  /** As {@link readServerCertificate}. */
  pair(files: CertificateFiles): CertificateResult<ServerCertificate> {
    const { read, wallTimeMs } = this;
    const key = `${files.cert_file}\0${files.key_file}`;
    return remembered(this.#pairs, key, () => readServerCertificate(files, read, wallTimeMs));
  }

  /** As {@link readAuthorities}. */
  authorities(path: string): CertificateResult<readonly string[]> {
    return remembered(this.#authorities, path, () => readAuthorities(path, this.read));
  }
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
