import type { KeyObject, X509Certificate } from "node:crypto";
import process from "node:process";
import { errorMessage } from "../../base/errors.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import type { CertificateFiles, CertificateProblem, CertificateResult } from "./certificate_problem.ts";
import { checkAuthorities } from "./check_authorities.ts";
import { checkPair, unusableKeyProblem } from "./check_pair.ts";
import { pemBlocks } from "./pem.ts";
import type { ReadTextFile } from "../files/read_text_file.ts";

/**
 * Reads what clients are shown, and makes sure that certificate and key belong together and are such that TLS works with.
 * @param wallTimeMs now, since the Unix epoch.
 */
export function readServerCertificate(
  files: CertificateFiles,
  read: ReadTextFile,
  wallTimeMs: number,
): CertificateResult<ServerCertificate> {
  const cert = readCertificates("cert_file", files.cert_file, read);
  const key = readKey(files.key_file, read);
  if (!cert.ok || !key.ok) {
    return { ok: false, problems: [...(cert.ok ? [] : cert.problems), ...(key.ok ? [] : key.problems)] };
  }
  const found = checkPair(cert.value.map(({ x509 }) => x509), key.value.object, files, wallTimeMs);
  const problems = found.filter(({ severity }) => severity !== "warning");
  if (problems.length > 0) return { ok: false, problems };
  const chain = cert.value.map(({ text }) => text).join("");
  return { ok: true, value: { cert: chain, key: key.value.text }, warnings: found };
}

/** What is told of a pair that looks good, and does not work when it is tried. */
export function failedTrial({ cert_file, key_file }: CertificateFiles, failure: string): CertificateProblem {
  return {
    key: "cert_file",
    message: `a handshake with ${cert_file} and ${key_file} was tried and failed: ${failure}`,
    hints: [
      "every client would fail as well; a likely cause is an extension that is critical and not known",
    ],
  };
}

/** Reads the certificates of authorities. */
export function readAuthorities(path: string, read: ReadTextFile): CertificateResult<readonly string[]> {
  const found = readCertificates("ca_file", path, read);
  if (!found.ok) return found;
  return {
    ok: true,
    value: found.value.map(({ text }) => text),
    warnings: checkAuthorities(found.value.map(({ x509 }) => x509), path),
  };
}

/** A certificate as it was written, and what it says. */
interface ReadCertificate {
  readonly text: string;
  readonly x509: X509Certificate;
}

function readCertificates(
  key: "cert_file" | "ca_file",
  path: string,
  read: ReadTextFile,
): CertificateResult<readonly ReadCertificate[]> {
  const text = readText(key, path, read);
  if (!text.ok) return text;
  const { certificates, keys } = pemBlocks(text.value);
  if (certificates.length === 0) {
    return fail(key, `${path} has no certificate in it`, [
      keys.length > 0
        ? key === "cert_file"
          ? "it has a private key: are cert_file and key_file swapped?"
          : "it has a private key: the certificates of authorities are wanted"
        : 'it must be PEM: text that begins with "-----BEGIN CERTIFICATE-----"',
    ]);
  }
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  const value: ReadCertificate[] = [];
  for (const text of certificates) {
    try {
      value.push({ text, x509: new X509Certificate(text) });
    } catch (error) {
      return fail(key, `certificate ${value.length + 1} in ${path} is damaged: ${errorMessage(error)}`, []);
    }
  }
  return { ok: true, value, warnings: [] };
}

/** A key as it was written, and what it is. */
interface ReadKey {
  readonly text: string;
  readonly object: KeyObject;
}

function readKey(path: string, read: ReadTextFile): CertificateResult<ReadKey> {
  const text = readText("key_file", path, read);
  if (!text.ok) return text;
  const { certificates, keys: [key], hasEncryptedKey } = pemBlocks(text.value);
  if (hasEncryptedKey) {
    return fail("key_file", `the key in ${path} is encrypted`, [
      "nobody is there to enter its password: write it out with `openssl pkey`",
    ]);
  }
  if (key === undefined) {
    return fail("key_file", `${path} has no private key in it`, [
      certificates.length > 0
        ? "it has a certificate: are cert_file and key_file swapped?"
        : 'it must be PEM: text that begins with "-----BEGIN PRIVATE KEY-----"',
    ]);
  }
  try {
    const object = process.getBuiltinModule("node:crypto").createPrivateKey(key);
    return { ok: true, value: { text: key, object }, warnings: [] };
  } catch (error) {
    const message = errorMessage(error);
    // Curves that the runtime has never heard of.
    if (/curve/.test(message)) {
      return {
        ok: false,
        problems: [unusableKeyProblem(path, `is of a kind that is not known (${message})`)],
      };
    }
    return fail("key_file", `the key in ${path} is damaged: ${message}`, []);
  }
}

function readText(
  key: CertificateProblem["key"],
  path: string,
  read: ReadTextFile,
): CertificateResult<string> {
  try {
    return { ok: true, value: read(path), warnings: [] };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return fail(key, `${path} does not exist`, []);
    if (error instanceof Deno.errors.PermissionDenied) {
      return fail(key, `${path} may not be read`, ["check the permissions of the file and its folders"]);
    }
    return fail(key, `Cannot read ${path}: ${errorMessage(error)}`, []);
  }
}

function fail<T>(
  key: CertificateProblem["key"],
  message: string,
  hints: readonly string[],
): CertificateResult<T> {
  return { ok: false, problems: [{ key, message, hints }] };
}
