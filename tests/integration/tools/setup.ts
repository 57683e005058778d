import { LaunchedProgram, type ProgramResult } from "../../kit/launched_program.ts";
import { eventually } from "../../kit/eventually.ts";
import { launchProgram, PROGRAM } from "../../kit/program_under_test.ts";
import { within } from "../../kit/within.ts";

/** A test run may forbid colours; the commands under test decide for themselves. */
const PLAIN_ENV = { NO_COLOR: "", TERM: "xterm" };

/** How one command is started. */
export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs on this processor alone (taskset(1)). */
  readonly cpu?: number;
}

/** Starts the program with these arguments; its output is a pipe. */
export function startTool(args: readonly string[], { env = {}, cpu }: ToolOptions = {}): LaunchedProgram {
  const wrapper = cpu === undefined ? [] : ["taskset", "-c", String(cpu)];
  return launchProgram(args, { env: { ...PLAIN_ENV, ...env } }, wrapper);
}

/** Runs the program to its end; its output is a pipe. */
export async function tool(args: readonly string[], options: ToolOptions = {}): Promise<ProgramResult> {
  await using program = startTool(args, options);
  return await program.result(60_000);
}

/** Runs the program to its end in a pseudo-terminal of that width; standard output and error are one there. */
export async function toolInTerminal(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const words = [...PROGRAM, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  await using program = new LaunchedProgram({
    command: "script",
    args: ["-qec", `stty cols ${columns} rows 24; exec ${words.join(" ")}`, "/dev/null"],
    env: { ...PLAIN_ENV, ...env },
  });
  return await program.result(60_000);
}

/** Echo targets of the program itself behind the program itself. */
export class ProxiedEcho implements AsyncDisposable {
  readonly #programs: readonly AsyncDisposable[];
  readonly #config: string;

  private constructor(
    /** `host:port` of the proxy. */
    readonly address: string,
    programs: readonly AsyncDisposable[],
    config: string,
  ) {
    this.#programs = programs;
    this.#config = config;
  }

  /**
   * Starts one target for each name, and the proxy before them.
   * @param names An empty name makes a target that adds nothing to its replies.
   */
  static async start(names: readonly string[], options: ToolOptions = {}): Promise<ProxiedEcho> {
    const programs: LaunchedProgram[] = [];
    const config = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      const targets: string[] = [];
      for (const name of names) {
        const echo = startTool(
          ["echo", "--listen", "127.0.0.1:0", ...(name === "" ? [] : ["--name", name])],
          options,
        );
        programs.push(echo);
      }
      for (const echo of [...programs]) targets.push((await echo.line(/^listening on (\S+)$/))[1] ?? "");
      await Deno.writeTextFile(config, configText(targets));
      const proxy = startTool(["--config", config], options);
      programs.push(proxy);
      const [, admin = ""] = await proxy.line(/admin server listens.*"address":"([^"]+)"/);
      // Before, status already tells the port, but no thread listens on it yet.
      await proxy.line(/"message":"started"/);
      return new ProxiedEcho(await listenerOf(admin), programs, config);
    } catch (error) {
      for (const program of programs) await program[Symbol.asyncDispose]();
      await Deno.remove(config);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program[Symbol.asyncDispose]()));
    await Deno.remove(this.#config);
  }
}

function configText(targets: readonly string[]): string {
  return JSON.stringify({
    admin: { listen: "127.0.0.1:0" },
    workers: 1,
    log: { format: "json" },
    access_log: { sample: 0 },
    apps: [{ name: "echo", ports: ["127.0.0.1:0"], targets }],
  });
}

/** Asks the proxy where its one app listens. */
async function listenerOf(admin: string): Promise<string> {
  let address = "";
  await eventually("the proxy to listen", async () => {
    const response = await within("the status", fetch(`http://${admin}/api/status`));
    const status = await response.json() as { apps: { listeners: { address: string; bound: boolean }[] }[] };
    const listener = status.apps[0]?.listeners[0];
    address = listener?.address ?? "";
    return listener?.bound;
  });
  return address;
}
