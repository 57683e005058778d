import assert from "node:assert/strict";
import { pemBlocks } from "../../../../src/control/certificates/pem.ts";

function block(label: string, content = "AAAA"): string {
  return `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;
}

Deno.test("PEM: blocks are found among other text, whatever the line ends", () => {
  const text = `for a.test\n${block("CERTIFICATE")}\n# key\n${block("EC PARAMETERS")}${
    block("EC PRIVATE KEY")
  }`;
  const expected = {
    certificates: [block("CERTIFICATE")],
    keys: [block("EC PRIVATE KEY")],
    hasEncryptedKey: false,
  };
  assert.deepEqual(pemBlocks(text), expected);
  const { certificates, keys } = pemBlocks(`\u{feff}${text.replaceAll("\n", "\r\n")}`);
  assert.deepEqual([certificates.length, keys.length], [1, 1]);
});

Deno.test("PEM: a block that is not closed before the next begins is none", () => {
  const cut = block("CERTIFICATE").slice(0, 35);
  assert.deepEqual(pemBlocks(cut + block("CERTIFICATE")).certificates, [block("CERTIFICATE")]);
  assert.deepEqual(pemBlocks(`${block("CERTIFICATE")}${cut}`).certificates, [block("CERTIFICATE")]);
  assert.deepEqual(pemBlocks(cut + block("PRIVATE KEY")).certificates, []);
  assert.deepEqual(pemBlocks("-----BEGIN CERTIFICATE-----\n-----END PRIVATE KEY-----\n").keys, []);
});

Deno.test("PEM: keys that are encrypted are told, in the new form and the old", () => {
  assert.equal(pemBlocks(block("ENCRYPTED PRIVATE KEY")).hasEncryptedKey, true);
  const old = block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA");
  assert.equal(pemBlocks(old).hasEncryptedKey, true);
});

Deno.test("PEM: the largest file takes linear time, whatever is in it", () => {
  const bytes = 1024 * 1024;
  const hostile = [
    "-----BEGIN A-----\n",
    "-----BEGIN ",
    "-----BEGIN A",
    "-",
    "-----END A-----\n",
    block("A"),
  ];
  for (const piece of hostile) {
    const text = piece.repeat(bytes / piece.length);
    const startedAt = performance.now();
    pemBlocks(text);
    const elapsedMs = performance.now() - startedAt;
    assert.ok(elapsedMs < 5_000, `${JSON.stringify(piece)}: ${elapsedMs} ms`);
  }
});
