import type { AppConfig } from "../../model/config.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import type { CertificateResult } from "./certificate_problem.ts";
import type { CertificateReader } from "./certificate_reader.ts";

/** What the certificate files of an app hold. */
export interface AppCertificates {
  /** What clients are shown; null for those that speak plain TCP. */
  readonly certificate: ServerCertificate | null;
  /** Authorities that endpoints are trusted by; empty for the public ones. */
  readonly caCerts: readonly string[];
}

/** Of an app without such files. */
export const NO_CERTIFICATES: AppCertificates = { certificate: null, caCerts: [] };

/** The files that an app names. */
export function certificatePaths({ tls, http }: AppConfig): string[] {
  const caFile = http?.tls.ca_file ?? "";
  return [...(tls === null ? [] : [tls.cert_file, tls.key_file]), ...(caFile === "" ? [] : [caFile])];
}

/** Reads them. */
export function readAppCertificates(
  app: AppConfig,
  reader: CertificateReader,
): CertificateResult<AppCertificates> {
  const certificate = app.tls === null ? NOTHING : reader.pair(app.tls);
  const caFile = app.http?.tls.ca_file ?? "";
  const authorities = caFile === "" ? NO_AUTHORITIES : reader.authorities(caFile);
  if (certificate.ok && authorities.ok) {
    return {
      ok: true,
      value: { certificate: certificate.value, caCerts: authorities.value },
      warnings: [...certificate.warnings, ...authorities.warnings],
    };
  }
  return {
    ok: false,
    problems: [
      ...(certificate.ok ? [] : certificate.problems),
      ...(authorities.ok ? [] : authorities.problems),
    ],
  };
}

const NOTHING: CertificateResult<null> = { ok: true, value: null, warnings: [] };
const NO_AUTHORITIES: CertificateResult<readonly string[]> = { ok: true, value: [], warnings: [] };
