import { RUN_FLAGS } from "../../scripts/run_flags.ts";
import { sleep, systemClock } from "../../src/base/clock.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { freePort } from "../process/ports.ts";

const POLL_MS = 200;
const DEADLINE_MS = 120_000;
const ROOT = new URL("../..", import.meta.url);

/** Where the apps of a node come from. */
export type Variant = "alone" | "joined" | "carrying";

/** A NATS server, a control and the node that is measured, with files of their own. */
export class Stage implements AsyncDisposable {
  readonly folder: string = Deno.makeTempDirSync({ prefix: "fproxy-bench-" });
  readonly serverUrl: string;
  readonly #programs: Deno.ChildProcess[] = [];

  private constructor(port: number) {
    this.serverUrl = `nats://127.0.0.1:${port}`;
  }

  /** Starts server and control. @throws {Error} when one of them does not start. */
  static async start(): Promise<Stage> {
    const port = freePort();
    const stage = new Stage(port);
    try {
      await stage.#write(
        "nats.conf",
        `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${stage.folder}/store" }\n`,
      );
      await stage.#write("region.yaml", `servers: ["${stage.serverUrl}"]\n`);
      stage.#launch("nats-server", ["-c", `${stage.folder}/nats.conf`]);
      stage.#fproxy("control", "--region", `${stage.folder}/region.yaml`);
      await until("the store", async () => (await stage.#region("status")).includes("leader: control-"));
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a node with so many apps until `work` has ended. @param work is given its process. */
  async withNode<T>(variant: Variant, apps: number, work: (pid: number) => Promise<T>): Promise<T> {
    const [admin, firstPort] = [freePort(), 32_000 - apps];
    const all = Array.from({ length: apps }, (_, index) => ({
      name: `app-${index}`,
      ports: [`127.0.0.1:${firstPort + index}`],
      targets: [`127.0.0.1:${admin}`],
    }));
    const config: ConfigInput = {
      admin: { listen: `127.0.0.1:${admin}` },
      workers: 1,
      access_log: { to: "none" },
      apps: variant === "carrying" ? [] : all,
      ...(variant === "alone" ? {} : {
        state_dir: `${this.folder}/${variant}.state`,
        region: { servers: [this.serverUrl], name: variant, address: "127.0.0.1" },
      }),
    };
    await this.#write(`${variant}.json`, JSON.stringify(config));
    if (variant === "carrying") {
      const placed = all.map((app) => ({ ...app, placement: { replicas: 1 } }));
      await this.#write("apps.json", JSON.stringify({ apps: placed }));
      await this.#region("apply", "-f", `${this.folder}/apps.json`);
    }
    const node = this.#fproxy("--config", `${this.folder}/${variant}.json`);
    try {
      await until(`${apps} apps to be ready`, async () => await readyApps(admin) === apps);
      return await work(node.pid);
    } finally {
      node.kill("SIGTERM");
      await node.status;
      this.#programs.splice(this.#programs.indexOf(node), 1);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) {
      program.kill("SIGKILL");
      await program.status;
    }
    await Deno.remove(this.folder, { recursive: true });
  }

  #fproxy(...args: readonly string[]): Deno.ChildProcess {
    return this.#launch(Deno.execPath(), ["run", ...RUN_FLAGS, "main.ts", ...args]);
  }

  #launch(command: string, args: readonly string[]): Deno.ChildProcess {
    const child = new Deno.Command(command, { args: [...args], cwd: ROOT, stdout: "null", stderr: "null" })
      .spawn();
    this.#programs.push(child);
    return child;
  }

  /** What a command of the region prints; what goes wrong is printed by nobody, and waited for in vain. */
  async #region(...args: readonly string[]): Promise<string> {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...RUN_FLAGS, "main.ts", "region", ...args],
      cwd: ROOT,
      env: { FPROXY_REGION: `${this.folder}/region.yaml` },
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  }

  async #write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${name}`, text);
  }
}

async function readyApps(admin: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${admin}/api/status`);
  const { apps } = await response.json() as { readonly apps: readonly { readonly state: string }[] };
  return apps.filter(({ state }) => state === "ready").length;
}

async function until(name: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + DEADLINE_MS;
  // What is starting cannot be asked.
  while (!await isSo().catch(() => false)) {
    if (systemClock.now() > deadline) throw new Error(`Waited in vain for ${name}`);
    await sleep(systemClock, POLL_MS);
  }
}
