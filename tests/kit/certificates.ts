/** A certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Kinds of key, and how `openssl req` makes one. */
const KEYS = {
  ec: curve("prime256v1"),
  p384: curve("secp384r1"),
  p521: curve("secp521r1"),
  secp224r1: curve("secp224r1"),
  secp256k1: curve("secp256k1"),
  brainpool: curve("brainpoolP256r1"),
  rsa: ["-newkey", "rsa:2048"],
  rsa1024: ["-newkey", "rsa:1024"],
  rsa1536: ["-newkey", "rsa:1536"],
  rsa4096: ["-newkey", "rsa:4096"],
  rsaPss: ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
  dsa: ["-newkey", "dsa:dsa.params"],
  ed25519: ["-newkey", "ed25519"],
  ed448: ["-newkey", "ed448"],
} as const;

/** What {@link CertificateAuthority.issue} can make. */
export type KeyKind = keyof typeof KEYS;

function curve(name: string): readonly string[] {
  return ["-newkey", "ec", "-pkeyopt", `ec_paramgen_curve:${name}`];
}

/** How a certificate is made. */
export interface IssueOptions {
  readonly key?: KeyKind;
  /** Days that it is valid; below 0 it has expired. Default: 2. */
  readonly days?: number;
  /** A further line of extensions, as in an extension file of `openssl x509`. */
  readonly extensions?: string;
}

/** An authority of the test's own, made by `openssl`; its files are gone when it is disposed of. */
export class CertificateAuthority implements AsyncDisposable {
  /** Certificate of the authority, PEM: what clients trust. */
  readonly cert: string;
  readonly #folder: string;
  #issued = 0;

  private constructor(folder: string, cert: string) {
    this.#folder = folder;
    this.cert = cert;
  }

  /** Makes one. */
  static async create(): Promise<CertificateAuthority> {
    const folder = await Deno.makeTempDir({ prefix: "fproxy_ca_" });
    await openssl(folder, [
      ...["req", "-x509", ...KEYS.ec, "-nodes", "-days", "2", "-subj", "/CN=fproxy test authority"],
      ...["-keyout", "ca.key", "-out", "ca.pem"],
    ]);
    return new CertificateAuthority(folder, await Deno.readTextFile(`${folder}/ca.pem`));
  }

  /** The file of {@link cert}. */
  get path(): string {
    return `${this.#folder}/ca.pem`;
  }

  /** A certificate for names and addresses: `["api.test", "127.0.0.1"]`. */
  async issue(
    names: readonly string[],
    { key = "ec", days = 2, extensions = "" }: IssueOptions = {},
  ): Promise<Certificate> {
    const id = `leaf${this.#issued++}`;
    const folder = this.#folder;
    const subject = names.map((name) => `${/^[\d.]+$|:/.test(name) ? "IP" : "DNS"}:${name}`).join(",");
    await Deno.writeTextFile(`${folder}/${id}.ext`, `subjectAltName=${subject}\n${extensions}\n`);
    if (key === "dsa") await openssl(folder, ["dsaparam", "-out", "dsa.params", "1024"]);
    await openssl(folder, [
      ...["req", ...KEYS[key], "-nodes", "-subj", `/CN=${names[0]}`],
      ...["-keyout", `${id}.key`, "-out", `${id}.csr`],
    ]);
    await openssl(folder, [
      ...["x509", "-req", "-in", `${id}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-days", `${days}`, "-extfile", `${id}.ext`, "-out", `${id}.pem`],
    ]);
    return {
      cert: await Deno.readTextFile(`${folder}/${id}.pem`),
      key: await Deno.readTextFile(`${folder}/${id}.key`),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args: [...args], cwd, stdout: "null" })
    .output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
