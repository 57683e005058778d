import type { ConfigInput } from "../../../src/model/config.ts";
import { type Certificate, CertificateAuthority } from "../../kit/certificates.ts";
import { DnsServer, TYPE_A } from "../../kit/dns_server.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { LaunchedProgram, type ProgramResult } from "../../kit/launched_program.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { tryClose } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

/** An app as it is written. */
export type AppInput = ConfigInput["apps"][number];

/** An authority, a folder for certificate files, and a DNS server by which every name is 127.0.0.1. */
export class TlsSetup implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    readonly authority: CertificateAuthority,
    readonly dns: DnsServer,
  ) {}

  /** Makes one. */
  static async create(): Promise<TlsSetup> {
    const dns = new DnsServer({ [TYPE_A]: { ttl: 300, records: [[127, 0, 0, 1]] } });
    const folder = await Deno.makeTempDir({ prefix: "fproxy_tls_" });
    return new TlsSetup(folder, await CertificateAuthority.create(), dns);
  }

  /** The files of one certificate, as an app names them. */
  files(name: string): { readonly cert_file: string; readonly key_file: string } {
    return { cert_file: `${this.folder}/${name}.pem`, key_file: `${this.folder}/${name}.key` };
  }

  /** Writes them in place, one after the other. */
  async write(name: string, { cert, key }: Certificate): Promise<void> {
    const { cert_file, key_file } = this.files(name);
    await Deno.writeTextFile(cert_file, cert);
    await Deno.writeTextFile(key_file, key);
  }

  /** Writes a new certificate for these names. */
  async issue(name: string, names: readonly string[]): Promise<void> {
    await this.write(name, await this.authority.issue(names));
  }

  /** Launches the proxy; its access records are in {@link records}. */
  start(...apps: AppInput[]): Promise<Proxy> {
    return Proxy.start({
      engine: "auto",
      log: { level: "debug" },
      dns: { servers: [this.dns.address] },
      access_log: { to: `${this.folder}/access.log` },
      apps,
    });
  }

  /** Access records so far. */
  async records(): Promise<Record<string, unknown>[]> {
    const text = await Deno.readTextFile(`${this.folder}/access.log`);
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  /** A client whose TLS handshake is over. @throws when the server's certificate is not for that name. */
  async client(port: number, name: string, alpnProtocols = ["http/1.1"]): Promise<HttpClient> {
    const tcp = await within("a connection", Deno.connect({ hostname: "127.0.0.1", port }));
    const tls = await Deno.startTls(tcp, { hostname: name, caCerts: [this.authority.cert], alpnProtocols });
    try {
      const { alpnProtocol } = await within("the handshake", tls.handshake());
      if (alpnProtocol !== "http/1.1") throw new Error(`Agreed on ${alpnProtocol}`);
      return new HttpClient(tls);
    } catch (error) {
      tryClose(tls);
      throw error;
    }
  }

  /** Runs curl on a URL whose host is the proxy, trusting the authority unless told otherwise. */
  async curl(port: number, name: string, args: readonly string[], trusts = true): Promise<ProgramResult> {
    const how = ["-sS", "-m", "20", "--noproxy", "*", "--resolve", `${name}:${port}:127.0.0.1`];
    const trust = trusts ? ["--cacert", this.authority.path] : [];
    await using program = new LaunchedProgram({ command: "curl", args: [...how, ...trust, ...args] });
    return await program.result(30_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dns[Symbol.asyncDispose]();
    await this.authority[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** An app in HTTP mode on any port. */
export function httpApp(name: string, targets: readonly string[], changes: Partial<AppInput> = {}): AppInput {
  return { name, mode: "http", ports: [ANY_PORT], targets: [...targets], ...changes };
}
