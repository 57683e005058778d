import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../../../src/base/random.ts";
import type { CertificateFiles } from "../../../../src/control/certificates/certificate_problem.ts";
import {
  readAuthorities,
  readServerCertificate,
} from "../../../../src/control/certificates/read_certificates.ts";
import { type Certificate, CertificateAuthority } from "../../../kit/certificates.ts";
import { testWith } from "../../../kit/programs.ts";

const FILES: CertificateFiles = { cert_file: "a.pem", key_file: "a.key" };

/** Reads from these files alone. */
function reader(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Deno.errors.NotFound(path);
    return text;
  };
}

function problems(files: Readonly<Record<string, string>>): string {
  const result = readServerCertificate(FILES, reader(files), Date.now());
  return result.ok ? "none" : result.problems.map(({ key, message }) => `${key}: ${message}`).join("; ");
}

function test(
  name: string,
  run: (authority: CertificateAuthority, leaf: Certificate) => Promise<void>,
): void {
  testWith(["openssl"], `certificate files: ${name}`, async () => {
    await using authority = await CertificateAuthority.create();
    await run(authority, await authority.issue(["a.test"]));
  });
}

test("chains, keys of all forms, and text around them are read", async (authority, leaf) => {
  const rsa = await authority.issue(["a.test"], { key: "rsa" });
  for (const { cert, key } of [leaf, rsa]) {
    const result = readServerCertificate(
      FILES,
      reader({ "a.pem": `for a.test\n${cert}\n# the authority\n${authority.cert}`, "a.key": `key:\n${key}` }),
      Date.now(),
    );
    assert.deepEqual(result, { ok: true, value: { cert: cert + authority.cert, key }, warnings: [] });
  }
});

test("certificate and key may stand in one file", async (_authority, { cert, key }) => {
  const result = readServerCertificate(
    { cert_file: "both.pem", key_file: "both.pem" },
    reader({ "both.pem": key + cert }),
    Date.now(),
  );
  assert.deepEqual(result, { ok: true, value: { cert, key }, warnings: [] });
  await Promise.resolve();
});

test(
  "what cannot work is told: a key of another certificate, swapped, damaged or missing files",
  async (authority, {
    cert,
    key,
  }) => {
    const other = await authority.issue(["other.test"]);
    assert.match(
      problems({ "a.pem": cert, "a.key": other.key }),
      /^key_file: a\.key is not the key of .* a\.pem$/,
    );
    assert.match(
      problems({ "a.pem": key, "a.key": cert }),
      /^cert_file: .*no certificate.*; key_file: .*no private key/,
    );
    assert.match(
      problems({ "a.pem": cert.replaceAll(/[a-z]/g, "A"), "a.key": key }),
      /^cert_file: certificate 1 .* damaged/,
    );
    assert.equal(problems({}), "cert_file: a.pem does not exist; key_file: a.key does not exist");
    assert.deepEqual(readAuthorities("ca.pem", reader({ "ca.pem": authority.cert })), {
      ok: true,
      value: [authority.cert],
      warnings: [],
    });
  },
);

test("authorities that nobody would be trusted by are doubtful", async (authority, { cert }) => {
  const weak = await authority.issue(["weak.test"], { key: "rsa1024" });
  const odd = await authority.issue(["odd.test"], { key: "brainpool" });
  const text = authority.cert + cert + weak.cert + odd.cert;
  const result = readAuthorities("ca.pem", reader({ "ca.pem": text }));
  assert.ok(result.ok);
  assert.deepEqual(result.warnings.map(({ severity, key, message }) => [severity, key, message]), [
    [
      "warning",
      "ca_file",
      "certificate 2 in ca.pem, DNS:a.test, is not that of an authority: " +
      "the servers that show it are trusted by that of its issuer",
    ],
    [
      "warning",
      "ca_file",
      "certificate 3 in ca.pem, DNS:weak.test, has a key that is RSA of 1,024 bits: what it signed is not trusted",
    ],
    [
      "warning",
      "ca_file",
      "certificate 4 in ca.pem, DNS:odd.test, has a key that is of a kind that is not known: " +
      "what it signed is not trusted",
    ],
  ]);
});

/** The bytes of a PEM block, with some of them changed. */
function damage(pem: string, random: Random): string {
  const [begin = "", ...lines] = pem.trim().split("\n");
  const bytes = Uint8Array.fromBase64(lines.slice(0, -1).join(""));
  for (let changes = 1 + Math.floor(random() * 2); changes > 0; changes--) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return `${begin}\n${bytes.toBase64()}\n${lines.at(-1)}\n`;
}

test("random damage is refused, doubted or not noticed, and never thrown", async (authority, leaf) => {
  const random = seededRandom(4);
  const pairs = [leaf, await authority.issue(["b.test"], { key: "rsa" })];
  const outcomes = new Set<boolean>();
  for (let round = 0; round < 3_000; round++) {
    const { cert, key } = pairs[round % 2] ?? leaf;
    const isKey = random() < 0.3;
    const read = reader({
      "a.pem": isKey ? cert : damage(cert, random),
      "a.key": isKey ? damage(key, random) : key,
    });
    outcomes.add(readServerCertificate(FILES, read, Date.now()).ok);
    outcomes.add(readAuthorities("a.pem", read).ok);
  }
  assert.equal(outcomes.size, 2);
});
