import process from "node:process";
import { errorMessage } from "../../base/errors.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { pemBlocks } from "./pem.ts";
import type { ReadTextFile } from "./read_text_file.ts";

/** What is wrong with a file of certificates, as people are told. */
export interface CertificateProblem {
  /** Config key that names the file. */
  readonly key: "cert_file" | "key_file" | "ca_file";
  readonly message: string;
  readonly hints: readonly string[];
}

/** What was read, or what is wrong with it. */
export type CertificateResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly CertificateProblem[] };

/** Files of a server's certificate, as the config names them. */
export interface CertificateFiles {
  readonly cert_file: string;
  readonly key_file: string;
}

/** Reads what clients are shown, and makes sure that certificate and key belong together. */
export function readServerCertificate(
  files: CertificateFiles,
  read: ReadTextFile,
): CertificateResult<ServerCertificate> {
  const cert = readCertificates("cert_file", files.cert_file, read);
  const key = readKey(files.key_file, read);
  if (!cert.ok || !key.ok) {
    return { ok: false, problems: [...(cert.ok ? [] : cert.problems), ...(key.ok ? [] : key.problems)] };
  }
  const { X509Certificate, createPrivateKey } = process.getBuiltinModule("node:crypto");
  const leaf = new X509Certificate(cert.value[0] ?? "");
  if (!leaf.checkPrivateKey(createPrivateKey(key.value))) {
    return fail("key_file", `${files.key_file} is not the key of the certificate in ${files.cert_file}`, [
      `the first certificate there is for ${leaf.subjectAltName ?? leaf.subject}`,
    ]);
  }
  return { ok: true, value: { cert: cert.value.join(""), key: key.value } };
}

/** Reads the certificates of authorities. */
export function readAuthorities(path: string, read: ReadTextFile): CertificateResult<readonly string[]> {
  return readCertificates("ca_file", path, read);
}

function readCertificates(
  key: "cert_file" | "ca_file",
  path: string,
  read: ReadTextFile,
): CertificateResult<readonly string[]> {
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
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      return fail(key, `certificate ${index + 1} in ${path} is damaged: ${errorMessage(error)}`, []);
    }
  }
  return { ok: true, value: certificates };
}

function readKey(path: string, read: ReadTextFile): CertificateResult<string> {
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
    process.getBuiltinModule("node:crypto").createPrivateKey(key);
  } catch (error) {
    return fail("key_file", `the key in ${path} is damaged: ${errorMessage(error)}`, []);
  }
  return { ok: true, value: key };
}

function readText(
  key: CertificateProblem["key"],
  path: string,
  read: ReadTextFile,
): CertificateResult<string> {
  try {
    return { ok: true, value: read(path) };
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
