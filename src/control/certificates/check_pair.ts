import type { KeyObject, X509Certificate } from "node:crypto";
import { CERTIFICATE_CHAIN_MAX_BYTES } from "../../base/limits.ts";
import { formatSize } from "../../base/size.ts";
import type { CertificateFiles, CertificateProblem } from "./certificate_problem.ts";
import { KEY_KINDS, unusableKey } from "./key_kinds.ts";
import { ownerOf } from "./owner_of.ts";

/** Bytes of the message that carries a chain, and of each certificate in it, beside the certificates (RFC 8446 4.4.2). */
const MESSAGE_BYTES = 8;
const ENTRY_BYTES = 5;

/**
 * What can be seen to be wrong or doubtful about a certificate with its chain, and the key to it.
 * @param chain the server's own certificate first; at least one.
 * @param wallTimeMs now, since the Unix epoch.
 */
export function checkPair(
  chain: readonly X509Certificate[],
  key: KeyObject,
  files: CertificateFiles,
  wallTimeMs: number,
): CertificateProblem[] {
  const unusable = unusableKey(key);
  if (unusable !== null) return [unusableKeyProblem(files.key_file, unusable)];
  return [
    ...keyOfAnother(chain, key, files),
    ...tooLong(chain, files.cert_file),
    ...notInTime(chain, files.cert_file, wallTimeMs),
    ...wrongOrder(chain, files.cert_file),
  ];
}

/** What is told of a key that TLS does not work with. @param why as {@link unusableKey} says it. */
export function unusableKeyProblem(path: string, why: string): CertificateProblem {
  return {
    key: "key_file",
    message: `the key in ${path} ${why}, and TLS does not work with that`,
    hints: [`have a certificate issued for a key that is one of these: ${KEY_KINDS}`],
  };
}

function keyOfAnother(
  chain: readonly X509Certificate[],
  key: KeyObject,
  { cert_file, key_file }: CertificateFiles,
): CertificateProblem[] {
  const owner = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (owner === 0) return [];
  return [{
    key: "key_file",
    message: `${key_file} is not the key of the certificate in ${cert_file}`,
    hints: [
      owner > 0
        ? `it is that of certificate ${owner + 1} there: the server's own must come first, then its issuer`
        : `the first certificate there is for ${chain.slice(0, 1).map(ownerOf).join("")}`,
    ],
  }];
}

function tooLong(chain: readonly X509Certificate[], path: string): CertificateProblem[] {
  const bytes = chain.reduce((sum, { raw }) => sum + raw.length + ENTRY_BYTES, MESSAGE_BYTES);
  if (bytes <= CERTIFICATE_CHAIN_MAX_BYTES) return [];
  const limit = formatSize(CERTIFICATE_CHAIN_MAX_BYTES);
  return [{
    key: "cert_file",
    message:
      `the ${chain.length} certificates in ${path} are ${bytes} bytes together: clients take ${limit} at most`,
    hints: ["only those are wanted that stand between the server's own and the root of its authority"],
  }];
}

function notInTime(
  chain: readonly X509Certificate[],
  path: string,
  wallTimeMs: number,
): CertificateProblem[] {
  return chain.flatMap((certificate, index): CertificateProblem[] => {
    const from = Date.parse(certificate.validFrom);
    const to = Date.parse(certificate.validTo);
    const [what, when] = wallTimeMs > to ? ["has expired on", to] : ["is valid only from", from];
    if (Number.isNaN(from + to) || (wallTimeMs >= from && wallTimeMs <= to)) return [];
    return [{
      severity: "warning",
      key: "cert_file",
      message: `certificate ${index + 1} in ${path} ${what} ${new Date(when).toISOString().slice(0, 10)}`,
      hints: ["clients that verify it refuse it"],
    }];
  });
}

function wrongOrder(chain: readonly X509Certificate[], path: string): CertificateProblem[] {
  const at = chain.findIndex((certificate, index) => {
    const next = chain[index + 1];
    return next !== undefined && !certificate.checkIssued(next);
  });
  if (at < 0) return [];
  return [{
    severity: "warning",
    key: "cert_file",
    message: `certificate ${at + 2} in ${path} is not that of the issuer of certificate ${at + 1}`,
    hints: ["the order is: the server's own, its issuer, the issuer of that; some clients refuse others"],
  }];
}
