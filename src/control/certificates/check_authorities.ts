import type { X509Certificate } from "node:crypto";
import type { CertificateProblem } from "./certificate_problem.ts";
import { ownerOf } from "./owner_of.ts";
import { unusableKey } from "./key_kinds.ts";

/** What is doubtful about the certificates of authorities: nothing that they vouch for would be trusted. */
export function checkAuthorities(
  authorities: readonly X509Certificate[],
  path: string,
): CertificateProblem[] {
  return authorities.flatMap((certificate, index): CertificateProblem[] => {
    const doubt = doubtOf(certificate);
    if (doubt === null) return [];
    const message = `certificate ${index + 1} in ${path}, ${ownerOf(certificate)}, ${doubt}`;
    return [{ severity: "warning", key: "ca_file", message, hints: [] }];
  });
}

function doubtOf(certificate: X509Certificate): string | null {
  const unusable = unusablePublicKey(certificate);
  if (unusable !== null) return `has a key that ${unusable}: what it signed is not trusted`;
  // A server's own certificate is trusted where it is its own issuer.
  if (certificate.ca || isOwnIssuer(certificate)) return null;
  return "is not that of an authority: the servers that show it are trusted by that of its issuer";
}

/** Names that cannot be read are equal to none. */
function isOwnIssuer(certificate: X509Certificate): boolean {
  try {
    return certificate.subject === certificate.issuer;
  } catch {
    return false;
  }
}

function unusablePublicKey(certificate: X509Certificate): string | null {
  try {
    return unusableKey(certificate.publicKey);
  } catch {
    return "is of a kind that is not known";
  }
}
