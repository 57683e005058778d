/** What is wrong with a file of certificates, or doubtful, as people are told. */
export interface CertificateProblem {
  /** It can be used all the same. */
  readonly severity?: "warning";
  /** Config key that names the file. */
  readonly key: "cert_file" | "key_file" | "ca_file";
  readonly message: string;
  readonly hints: readonly string[];
}

/** What was read and what is doubtful about it, or what is wrong with it. */
export type CertificateResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly CertificateProblem[] }
  | { readonly ok: false; readonly problems: readonly CertificateProblem[] };

/** Files of a server's certificate, as the config names them. */
export interface CertificateFiles {
  readonly cert_file: string;
  readonly key_file: string;
}
