// The package finds its parts by metadata, and does not bring the polyfill.
import "reflect-metadata";
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 24 * 3_600_000;
const LIFE_MS = 3_650 * DAY_MS;

/** A certificate and its private key, PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Who vouches for the servers of one region, and for nothing else. */
export class Authority {
  private constructor(
    private readonly own: X509Certificate,
    private readonly keys: CryptoKeyPair,
    private readonly now: number,
  ) {}

  /** Makes one that holds for ten years. @param now milliseconds since the Unix epoch. */
  static async make(name: string, now: number): Promise<Authority> {
    cryptoProvider.set(crypto);
    const keys = await makeKeys();
    const own = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: `CN=${name}`,
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + LIFE_MS),
      signingAlgorithm: SIGNATURE,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(own, keys, now);
  }

  /** PEM. */
  get certificate(): string {
    return `${this.own.toString("pem")}\n`;
  }

  /** Private key, to make further certificates with; PEM. */
  key(): Promise<string> {
    return keyText(this.keys);
  }

  /** Makes the certificate of a server, for ten years. @param hosts names and addresses under which it is reached. */
  async issue(name: string, hosts: readonly string[]): Promise<Pair> {
    const keys = await makeKeys();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: `CN=${name}`,
      issuer: this.own.subject,
      notBefore: new Date(this.now - DAY_MS),
      notAfter: new Date(this.now + LIFE_MS),
      signingAlgorithm: SIGNATURE,
      signingKey: this.keys.privateKey,
      publicKey: keys.publicKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        // Servers are clients of each other.
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(
          hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" as const : "ip" as const, value })),
        ),
      ],
    });
    return { certificate: `${certificate.toString("pem")}\n`, key: await keyText(keys) };
  }
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
}

async function keyText({ privateKey }: CryptoKeyPair): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", privateKey), "PRIVATE KEY")}\n`;
}

/** Positive (RFC 5280 section 4.1.2.2), and never the same twice. */
function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0]! &= 0x7f;
  return bytes.toHex();
}
