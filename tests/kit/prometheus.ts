import { eventually } from "./eventually.ts";
import { LaunchedProgram } from "./launched_program.ts";

/** One series of an answer of Prometheus. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A Prometheus that scrapes one target, in a folder of its own, on a port that the system chose. */
export class Prometheus implements AsyncDisposable {
  private constructor(
    private readonly program: LaunchedProgram,
    private readonly folder: string,
    private readonly url: string,
  ) {}

  /**
   * Starts one, and waits until it has scraped the target.
   * @param target `host:port`, under the job `fproxy`. @param rules absolute paths of rule files.
   */
  static async start(target: string, rules: readonly string[] = []): Promise<Prometheus> {
    const folder = await Deno.makeTempDir({ prefix: "fproxy_prometheus_" });
    await Deno.writeTextFile(
      `${folder}/prometheus.yml`,
      JSON.stringify({
        global: { scrape_interval: "250ms", evaluation_interval: "1s" },
        rule_files: rules,
        scrape_configs: [{ job_name: "fproxy", static_configs: [{ targets: [target] }] }],
      }),
    );
    const program = new LaunchedProgram({
      command: "prometheus",
      args: [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
        "--log.format=json",
      ],
    });
    const [, address = ""] = await program.line(/"address":"(127\.0\.0\.1:[1-9]\d*)".*"Listening on"/);
    const prometheus = new Prometheus(program, folder, `http://${address}`);
    try {
      await eventually(
        "Prometheus to have scraped",
        async () => (await prometheus.query(`up{job="fproxy"} == 1`)).length === 1,
      );
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
    return prometheus;
  }

  /** The series that an expression has now. @throws {Error} when it is wrong. */
  async query(expression: string): Promise<readonly QueriedSeries[]> {
    return (await this.#ask(`query?query=${encodeURIComponent(expression)}`)).result;
  }

  /** The rules of its files: name, `health`, and the last error. */
  async rules(): Promise<
    readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]
  > {
    return (await this.#ask("rules")).groups.flatMap(({ rules }) => rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #ask(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
    const answer: { status: string; error?: string; data: Answer } = await response.json();
    if (answer.status !== "success") throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }
}

interface Answer {
  readonly result: readonly QueriedSeries[];
  readonly groups: readonly {
    readonly rules: readonly {
      readonly name: string;
      readonly health: string;
      readonly lastError?: string;
    }[];
  }[];
}
