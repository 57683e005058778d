import { eventually } from "./eventually.ts";
import { LaunchedProgram } from "./launched_program.ts";
import { freePort } from "./servers.ts";

/** HAProxy with one backend, `be_web`, behind one port, whose servers are changed through its runtime API. */
export class Haproxy implements AsyncDisposable {
  #program: LaunchedProgram | null = null;

  private constructor(private readonly folder: string, readonly port: number) {}

  /** @param backend further lines of the backend. */
  static async start(backend: readonly string[] = ["balance roundrobin"], level = "admin"): Promise<Haproxy> {
    const haproxy = new Haproxy(await Deno.makeTempDir({ prefix: "fproxy_haproxy_" }), freePort());
    const text = `global
  stats socket ${haproxy.socket} mode 600 level ${level}
  maxconn 2000
defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch
frontend fe_web
  bind 127.0.0.1:${haproxy.port}
  default_backend be_web
backend be_web
  ${backend.join("\n  ")}
`;
    await Deno.writeTextFile(`${haproxy.folder}/haproxy.cfg`, text);
    await haproxy.goOn();
    return haproxy;
  }

  /** Path of its runtime API. */
  get socket(): string {
    return `${this.folder}/api.sock`;
  }

  /** Ends it, with all its connections. */
  async stop(): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    this.#program = null;
  }

  /** Starts it again: its servers are those of its config. */
  async goOn(): Promise<void> {
    this.#program = new LaunchedProgram({
      command: "haproxy",
      args: ["-db", "-f", `${this.folder}/haproxy.cfg`],
    });
    try {
      await eventually("HAProxy to answer", async () => (await this.ask("show version")) !== "");
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** An answer of its runtime API. */
  async ask(command: string): Promise<string> {
    using connection = await Deno.connect({ transport: "unix", path: this.socket });
    await connection.write(new TextEncoder().encode(`${command}\n`));
    return await new Response(connection.readable).text();
  }

  /** Names of its servers, each with the weight and the bits of its state (0 gets connections, 8 is drained). */
  async servers(): Promise<string[]> {
    const [, , ...lines] = (await this.ask("show servers state be_web")).trim().split("\n");
    return lines.map((line) => {
      const [, , , name, , , admin, weight] = line.split(" ");
      return `${name} ${weight} ${Number(admin) & 9}`;
    }).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}
