import assert from "node:assert/strict";
import type { Certificate, CertificateAuthority, IssueOptions } from "../../kit/certificates.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import type { ProgramResult } from "../../kit/launched_program.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { testWith } from "../../kit/programs.ts";
import { type AppInput, httpApp, TlsSetup } from "../http/tls_setup.ts";

/** What the proxy makes of certificates and keys of all kinds: each is refused before it is used, or it works. */

/** How a pair is written, by the name of its app. */
type Cases = Readonly<Record<string, (authority: CertificateAuthority) => Promise<Certificate>>>;

function kind(options: IssueOptions): (authority: CertificateAuthority) => Promise<Certificate> {
  return (authority) => authority.issue(["api.test"], options);
}

/** A pair that is changed before it is written. */
function changed(
  change: (pair: Certificate, authority: CertificateAuthority) => Certificate | Promise<Certificate>,
): (authority: CertificateAuthority) => Promise<Certificate> {
  return async (authority) => await change(await authority.issue(["api.test"]), authority);
}

const GOOD: Cases = {
  p256: kind({}),
  p384: kind({ key: "p384" }),
  p521: kind({ key: "p521" }),
  rsa2048: kind({ key: "rsa" }),
  rsa4096: kind({ key: "rsa4096" }),
  ed25519: kind({ key: "ed25519" }),
  chain: changed(({ cert, key }, { cert: issuer }) => ({ cert: cert + issuer, key })),
  key_first: changed(({ cert, key }) => ({ cert: key + cert, key: key + cert })),
  crlf: changed(({ cert, key }) => ({
    cert: cert.replaceAll("\n", "\r\n"),
    key: key.replaceAll("\n", "\r\n"),
  })),
  byte_order_mark: changed(({ cert, key }) => ({ cert: `\u{feff}${cert}`, key: `\u{feff}${key}` })),
};

/** Those that work, with what they are warned of. */
const DOUBTFUL: Cases = {
  expired: kind({ days: -1 }),
  wrong_order: changed(async ({ cert, key }, authority) => {
    const other = await authority.issue(["other.test"]);
    return { cert: cert + other.cert + authority.cert, key };
  }),
};
const DOUBTS: Readonly<Record<string, RegExp>> = {
  expired: /warning: certificate 1 in .*expired\.pem has expired on \d{4}-\d\d-\d\d$/m,
  wrong_order: /warning: certificate 2 in .*wrong_order\.pem is not that of the issuer of certificate 1$/m,
};

const BAD: Cases = {
  rsa1024: kind({ key: "rsa1024" }),
  rsa1536: kind({ key: "rsa1536" }),
  rsa_pss: kind({ key: "rsaPss" }),
  secp224r1: kind({ key: "secp224r1" }),
  secp256k1: kind({ key: "secp256k1" }),
  brainpool: kind({ key: "brainpool" }),
  ed448: kind({ key: "ed448" }),
  dsa: kind({ key: "dsa" }),
  mismatch: changed(async ({ cert }, authority) => ({
    cert,
    key: (await authority.issue(["api.test"])).key,
  })),
  issuer_first: changed(({ cert, key }, { cert: issuer }) => ({ cert: issuer + cert, key })),
  long_chain: changed(({ cert, key }, { cert: issuer }) => ({ cert: cert + issuer.repeat(160), key })),
  long_file: changed(({ cert, key }, { cert: issuer }) => ({ cert: cert + issuer.repeat(2_500), key })),
  critical: kind({ extensions: "1.2.3.4=critical,DER:0500" }),
};
const REASONS: Readonly<Record<string, RegExp>> = {
  rsa1024: /the key in .* is RSA of 1,024 bits, and TLS does not work with that$/m,
  rsa1536: /the key in .* is RSA of 1,536 bits, and TLS/,
  rsa_pss: /the key in .* is of the kind rsa-pss, and TLS/,
  secp224r1: /the key in .* is on the curve secp224r1, and TLS/,
  secp256k1: /the key in .* is on the curve secp256k1, and TLS/,
  brainpool: /the key in .* is of a kind that is not known \(.*curve.*\), and TLS/,
  ed448: /the key in .* is of the kind ed448, and TLS/,
  dsa: /the key in .* is of the kind dsa, and TLS/,
  mismatch: /mismatch\.key is not the key of the certificate in .*mismatch\.pem$/m,
  issuer_first: /it is that of certificate 2 there: the server's own must come first/,
  long_chain: /the 161 certificates in .* are \d+ bytes together: clients take 64KiB at most/,
  long_file: /Cannot read .*long_file\.pem: it is larger than 1024 KiB$/m,
  critical: /a handshake with .*critical\.pem and .*critical\.key was tried and failed: unsupported protocol/,
};

/** Writes all pairs, and makes an app of each. */
async function apps(setup: TlsSetup, cases: Cases, target: string): Promise<AppInput[]> {
  const made: AppInput[] = [];
  for (const [name, make] of Object.entries(cases)) {
    await setup.write(name, await make(setup.authority));
    made.push(httpApp(name, [target], { tls: setup.files(name) }));
  }
  return made;
}

async function check(setup: TlsSetup, apps: readonly AppInput[]): Promise<ProgramResult> {
  const path = `${setup.folder}/check.json`;
  // JSON on many lines, so that each app's place is another.
  await Deno.writeTextFile(path, JSON.stringify({ apps }, null, 1));
  await using program = launchProgram(["check", "--config", path]);
  return await program.result();
}

testWith(
  ["openssl", "curl"],
  "HTTPS: what check accepts works for real, with clients of two kinds",
  async () => {
    await using setup = await TlsSetup.create();
    await using target = new HttpTarget(() => answerText(200, "here"));
    const all = await apps(setup, { ...GOOD, ...DOUBTFUL }, `127.0.0.1:${target.address.port}`);
    const { code, stderr } = await check(setup, all);
    assert.equal(code, 0, stderr);
    for (const doubt of Object.values(DOUBTS)) assert.match(stderr, doubt);
    assert.equal(stderr.match(/warning:/g)?.length, Object.keys(DOUBTS).length, stderr);

    await using proxy = await setup.start(...all);
    for (const name of Object.keys({ ...GOOD, ...DOUBTFUL })) {
      const port = await proxy.port(name);
      if (name !== "expired") {
        using client = await setup.client(port, "api.test");
        assert.equal((await client.get()).body, "here", name);
      }
      const unverified = name === "expired" ? ["-k"] : [];
      const asked = await setup.curl(port, "api.test", [...unverified, `https://api.test:${port}/`]);
      assert.deepEqual([asked.code, asked.stdout], [0, "here"], `${name}: ${asked.stderr}`);
    }
    assert.ok((await proxy.status()).threads.every(({ restarts }) => restarts === 0));
  },
);

testWith(
  ["openssl"],
  "HTTPS: what cannot work is refused by check, with the reason at its place",
  async () => {
    await using setup = await TlsSetup.create();
    const all = await apps(setup, BAD, "127.0.0.1:9");
    const { code, stderr } = await check(setup, all);
    assert.equal(code, 2, stderr);
    const errors = stderr.split(/^(?=\S*check\.json:)/m);
    for (const [name, reason] of Object.entries(REASONS)) {
      const own = errors.find((error) => error.includes(`/${name}.`)) ?? "";
      assert.match(own, reason, `${name}: ${own || stderr}`);
      assert.match(own, /^\S+check\.json:\d+:\d+: error: /, name);
    }
    assert.equal(stderr.match(/ error: /g)?.length, Object.keys(BAD).length, stderr);
  },
);

testWith(
  ["openssl", "mkfifo"],
  "HTTPS: a pipe instead of a file is refused, and not waited for",
  async () => {
    await using setup = await TlsSetup.create();
    const { cert_file, key_file } = setup.files("api");
    const { success } = await new Deno.Command("mkfifo", { args: [cert_file] }).output();
    assert.ok(success);
    await Deno.writeTextFile(key_file, (await setup.authority.issue(["api.test"])).key);
    const { code, stderr } = await check(setup, [
      httpApp("api", ["127.0.0.1:9"], { tls: setup.files("api") }),
      httpApp("authority", ["127.0.0.1:9"], { http: { tls: { ca_file: "/dev/zero" } } }),
    ]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /error: Cannot read .*api\.pem: it is a pipe or a device$/m);
    assert.match(stderr, /error: Cannot read \/dev\/zero: it is a pipe or a device$/m);
  },
);
