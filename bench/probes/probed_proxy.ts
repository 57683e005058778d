import { sleep, systemClock } from "../../src/base/clock.ts";
import { RUN_FLAGS } from "../../scripts/run_flags.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { freePort } from "../process/ports.ts";
import { parseProcessStat } from "../process/proc.ts";

const POLL_MS = 50;
const DEADLINE_MS = 20_000;

/**
 * An fproxy with two data threads before many addresses of one echo server, whose probes are switched on and off. They go to
 * a server of their own, or the targets would be slower while they are probed.
 */
export class ProbedProxy implements AsyncDisposable {
  readonly port = freePort();
  readonly #adminPort = freePort();
  readonly #echoPort = freePort();
  readonly #probedPort = freePort();
  readonly #folder = Deno.makeTempDirSync({ prefix: "fproxy-bench-" });
  readonly #programs: Deno.ChildProcess[] = [];

  private constructor(private readonly count: number, private readonly interval: string) {}

  /** Starts one, without probes. @throws {Error} when it does not start. */
  static async start(count: number, interval: string): Promise<ProbedProxy> {
    const proxy = new ProbedProxy(count, interval);
    try {
      for (const port of [proxy.#echoPort, proxy.#probedPort]) {
        proxy.#launch("echo", "--listen", `0.0.0.0:${port}`);
      }
      await proxy.#write(false);
      proxy.#launch("--config", `${proxy.#folder}/config.json`);
      return proxy;
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Switches probes on or off, and waits until all targets have had theirs, or have none. */
  async probe(isOn: boolean): Promise<void> {
    await this.#write(isOn);
    const wanted = isOn ? "up" : "unknown";
    const deadline = systemClock.now() + DEADLINE_MS;
    while (!await this.#areAll(wanted)) {
      if (systemClock.now() > deadline) throw new Error(`Targets are not ${wanted} after ${DEADLINE_MS} ms`);
      await sleep(systemClock, POLL_MS);
    }
  }

  /** Processor time of the proxy so far, all its threads. */
  cpuSeconds(): number {
    return parseProcessStat(Deno.readTextFileSync(`/proc/${this.#programs.at(-1)?.pid}/stat`)).cpuSeconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) {
      program.kill("SIGKILL");
      await program.status;
    }
    await Deno.remove(this.#folder, { recursive: true });
  }

  #launch(...args: readonly string[]): void {
    const cwd = new URL("../..", import.meta.url);
    const command = ["run", ...RUN_FLAGS, "main.ts", ...args];
    this.#programs.push(
      new Deno.Command(Deno.execPath(), { args: command, cwd, stdout: "null", stderr: "null" }).spawn(),
    );
  }

  async #write(isProbing: boolean): Promise<void> {
    const targets = Array.from(
      { length: this.count },
      (_, n) => `127.${1 + (n >> 8)}.${n & 255}.1:${this.#echoPort}`,
    );
    const health_check = isProbing &&
      { type: "tcp" as const, interval: this.interval, port: this.#probedPort };
    const config: ConfigInput = {
      admin: { listen: `127.0.0.1:${this.#adminPort}` },
      workers: 2,
      access_log: { to: "none" },
      apps: [{ name: "web", ports: [`127.0.0.1:${this.port}`], targets, health_check }],
    };
    await Deno.writeTextFile(`${this.#folder}/config.tmp`, JSON.stringify(config));
    await Deno.rename(`${this.#folder}/config.tmp`, `${this.#folder}/config.json`);
  }

  async #areAll(health: string): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#adminPort}/api/status`);
      const { apps: [app] } = await response.json();
      return app.targets.every((target: { readonly health: string }) => target.health === health);
    } catch (error) {
      // It is starting.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }
}
