import type { X509Certificate } from "node:crypto";

/** Whom a certificate is for, as it says itself; the runtime throws for names that it cannot read. */
export function ownerOf(certificate: X509Certificate): string {
  try {
    // Both may be missing, whatever the types say.
    const names: string | undefined = certificate.subjectAltName ?? certificate.subject;
    return names?.replaceAll("\n", ", ") || "nobody";
  } catch {
    return "somebody whose name cannot be read";
  }
}
