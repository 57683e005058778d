import { LaunchedProgram } from "./launched_program.ts";

/** On a slow machine. */
const STARTED_MS = 60_000;

/** How a server is started. */
export interface NatsOptions {
  /** Whether it has no JetStream. */
  readonly withoutJetStream?: boolean;
  /** Further lines of its config (https://docs.nats.io/running-a-nats-service/configuration). */
  readonly config?: string;
  /** Bytes that JetStream may store; a hundred MB unless given. */
  readonly maxStore?: number;
  /** Address of this machine that it listens on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** The system chooses unless given. */
  readonly port?: number;
}

/** A NATS server of its own, with nothing in its store at first. */
export class NatsServer implements AsyncDisposable {
  private constructor(
    private program: LaunchedProgram,
    private readonly dir: string,
    private readonly options: NatsOptions,
    readonly port: number,
  ) {}

  static async start(options: NatsOptions = {}): Promise<NatsServer> {
    const dir = await Deno.makeTempDir({ prefix: "fproxy_nats_" });
    const program = await launch(dir, options, options.port ?? -1);
    try {
      const [, port] = await program.line(
        /Listening for client connections on \S+:(\d+)/,
        STARTED_MS,
      );
      await program.line(/Server is ready/, STARTED_MS);
      return new NatsServer(program, dir, options, Number(port));
    } catch (error) {
      await program[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
      throw error;
    }
  }

  /** `nats://HOST:PORT`. */
  get url(): string {
    return `nats://${this.options.host ?? "127.0.0.1"}:${this.port}`;
  }

  get urls(): readonly string[] {
    return [this.url];
  }

  /** Ends it; what it has stored stays. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    this.program.kill(signal);
    await this.program.result();
  }

  /** Starts it once more, at the same port. */
  async startAgain(): Promise<void> {
    this.program = await launch(this.dir, this.options, this.port);
    await this.program.line(/Server is ready/, STARTED_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }
}

async function launch(
  dir: string,
  { withoutJetStream = false, config = "", maxStore = 100_000_000, host = "127.0.0.1" }: NatsOptions,
  port: number,
): Promise<LaunchedProgram> {
  const store = `jetstream { store_dir: "${dir}/store", max_file_store: ${maxStore} }\n`;
  const text = `listen: "${host}:${port}"\n${withoutJetStream ? "" : store}${config}\n`;
  await Deno.writeTextFile(`${dir}/nats.conf`, text);
  return new LaunchedProgram({ command: "nats-server", args: ["-c", `${dir}/nats.conf`] });
}
