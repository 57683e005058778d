import type { KeyObject } from "node:crypto";

/** Size of an RSA key, in bits: OpenSSL's security level 2, which the runtime asks for, and the most that it signs with. */
const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 8192;

/** Elliptic curves that the runtime signs with, under OpenSSL's names. */
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

/** Keys that TLS works with, for people. */
export const KEY_KINDS = "RSA of 2,048 to 8,192 bits, P-256, P-384, P-521, Ed25519";

/**
 * Why TLS does not work with a key, as a sentence goes on after its name: "is RSA of 1,024 bits".
 * @returns null where nothing speaks against it.
 */
export function unusableKey(key: KeyObject): string | null {
  const { modulusLength = 0, namedCurve = "unknown" } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "rsa":
      return modulusLength < RSA_MIN_BITS || modulusLength > RSA_MAX_BITS
        ? `is RSA of ${modulusLength.toLocaleString("en")} bits`
        : null;
    case "ec":
      return CURVES.has(namedCurve) ? null : `is on the curve ${namedCurve}`;
    case "ed25519":
      return null;
    default:
      return `is of the kind ${key.asymmetricKeyType}`;
  }
}
