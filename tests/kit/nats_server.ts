import { LaunchedProgram } from "./launched_program.ts";

/** How a server is started. */
export interface NatsOptions {
  /** Whether it has no JetStream. */
  readonly withoutJetStream?: boolean;
  /** Further lines of its config (https://docs.nats.io/running-a-nats-service/configuration). */
  readonly config?: string;
  /** Bytes that JetStream may store; a hundred MB unless given. */
  readonly maxStore?: number;
}

/** A NATS server of its own on loopback, with nothing in its store. */
export class NatsServer implements AsyncDisposable {
  private constructor(
    private readonly program: LaunchedProgram,
    private readonly dir: string,
    readonly port: number,
  ) {}

  static async start(
    { withoutJetStream = false, config = "", maxStore = 100_000_000 }: NatsOptions = {},
  ): Promise<NatsServer> {
    const dir = await Deno.makeTempDir({ prefix: "fproxy_nats_" });
    const store = `jetstream { store_dir: "${dir}/store", max_file_store: ${maxStore} }\n`;
    const text = `listen: "127.0.0.1:-1"\n${withoutJetStream ? "" : store}${config}\n`;
    await Deno.writeTextFile(`${dir}/nats.conf`, text);
    const program = new LaunchedProgram({ command: "nats-server", args: ["-c", `${dir}/nats.conf`] });
    try {
      const [, port] = await program.line(/Listening for client connections on 127\.0\.0\.1:(\d+)/);
      await program.line(/Server is ready/);
      return new NatsServer(program, dir, Number(port));
    } catch (error) {
      await program[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
      throw error;
    }
  }

  /** `nats://127.0.0.1:PORT`. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }
}
