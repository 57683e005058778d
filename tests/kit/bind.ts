import { LaunchedProgram } from "./launched_program.ts";
import { freePort } from "./servers.ts";

/** Zone of a {@link Bind}. */
export const ZONE = "fronts.test";
/** Zone of it that nobody may change. */
export const CLOSED_ZONE = "closed.test";

/** How often it is started anew when its port was taken meanwhile. */
const STARTS = 5;

/** A key as `tsig-keygen` writes one. */
export function keyText(name: string, secret: string, algorithm = "hmac-sha256"): string {
  return `key "${name}" {\n\talgorithm ${algorithm};\n\tsecret "${secret}";\n};\n`;
}

/** BIND, the primary server of a zone that who has the key `fproxy` may change. */
export class Bind implements AsyncDisposable {
  private constructor(
    private readonly folder: string,
    private readonly program: LaunchedProgram,
    readonly port: number,
    /** Text of the file with the key. */
    readonly key: string,
  ) {}

  static async start(): Promise<Bind> {
    const secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
    const key = keyText("fproxy", secret);
    for (let left = STARTS; true; left--) {
      const folder = await Deno.makeTempDir({ prefix: "fproxy_bind_" });
      const port = freePort();
      await Deno.writeTextFile(`${folder}/named.conf`, configText(folder, port, key));
      for (const zone of [ZONE, CLOSED_ZONE]) await Deno.writeTextFile(`${folder}/${zone}`, zoneText(zone));
      const args = ["-g", "-n", "1", "-c", `${folder}/named.conf`];
      const server = new Bind(folder, new LaunchedProgram({ command: "named", args }), port, key);
      try {
        await server.program.line(/ running$/);
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        if (left === 1) throw error;
      }
    }
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Addresses of a name, in order; none where it has none. */
  async addresses(name: string): Promise<string[]> {
    return (await this.#records(name, "A") as string[]).sort();
  }

  /** `WEIGHT PORT HOST` of a service, in order. */
  async services(name: string): Promise<string[]> {
    const records = await this.#records(name, "SRV") as Deno.SrvRecord[];
    return records.map(({ weight, port, target }) => `${weight} ${port} ${target}`).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #records(name: string, type: "A" | "SRV"): Promise<unknown[]> {
    try {
      return await Deno.resolveDns(`${name}.`, type, {
        nameServer: { ipAddr: "127.0.0.1", port: this.port },
      }) as unknown[];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }
}

function configText(folder: string, port: number, key: string): string {
  return `${key}
options {
  directory "${folder}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file none;
  lock-file none;
  session-keyfile none;
  recursion no;
  notify no;
  dnssec-validation no;
  querylog no;
};
controls {};
zone "${ZONE}" { type primary; file "${folder}/${ZONE}"; allow-update { key "fproxy"; }; };
zone "${CLOSED_ZONE}" { type primary; file "${folder}/${CLOSED_ZONE}"; };
`;
}

function zoneText(zone: string): string {
  return `$TTL 60
@ IN SOA ns.${zone}. admin.${zone}. 1 3600 600 86400 5
@ IN NS ns.${zone}.
ns IN A 127.0.0.1
alias IN CNAME ns
`;
}
