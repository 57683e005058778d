import type { AppStatus, Status } from "../../src/control/daemon/status.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { eventually } from "./eventually.ts";
import type { LaunchedProgram } from "./launched_program.ts";
import type { LogLine } from "./log_lines.ts";
import { launchProgram } from "./program_under_test.ts";

/** The engine that the proxies of the tests run on: `FPROXY_TEST_ENGINE`, `deno` where it is not set. */
export const TEST_ENGINE = testEngine();

/** Nobody is to wait for a warm-up; where engine `deno` carries all apps there is none, and a warning for who says so. */
export function cold(
  { engine = TEST_ENGINE, apps }: Pick<ConfigInput, "engine" | "apps">,
): Partial<ConfigInput> {
  const isOnDeno = TEST_ENGINE === "deno" && apps.every((app) => (app.engine ?? engine) === "deno");
  return isOnDeno ? {} : { warm_up: "off" };
}

/** How a proxy is launched. */
export interface ProxyOptions {
  /** Put before the command line, as in `prlimit --nofile=300`. */
  readonly wrapper?: readonly string[];
  /** More arguments for the proxy. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The program under test, launched by its real command line on a config in a folder of its own. */
export class Proxy implements AsyncDisposable {
  readonly program: LaunchedProgram;
  /** Holds the config and whatever else a test needs. */
  readonly folder: string;
  /** The config file. */
  readonly path: string;
  #admin = "";
  #written = 0;

  private constructor(folder: string, options: ProxyOptions) {
    this.folder = folder;
    this.path = `${folder}/apps.yaml`;
    const env = options.env === undefined ? {} : { env: options.env };
    this.program = launchProgram(["--config", this.path, ...(options.args ?? [])], env, options.wrapper);
  }

  /** Launches one and waits until its first config is in force. */
  static async start(config: ConfigInput, options: ProxyOptions = {}): Promise<Proxy> {
    const folder = await Deno.makeTempDir({ prefix: "fproxy_test_" });
    await Deno.writeTextFile(`${folder}/apps.yaml`, configText(config));
    const proxy = new Proxy(folder, options);
    try {
      const [, admin = ""] = await proxy.program.line(/"admin server listens","address":"([^"]+)"/);
      proxy.#admin = admin;
      await proxy.program.line(/"message":"started"/);
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
    return proxy;
  }

  /** Process number of the proxy itself. */
  get pid(): number {
    return this.program.pid;
  }

  /** Where the admin server is. */
  get adminUrl(): string {
    return `http://${this.#admin}`;
  }

  /** An answer of the admin server. */
  async ask(path: string): Promise<Response> {
    return await fetch(`${this.adminUrl}${path}`, { signal: AbortSignal.timeout(10_000) });
  }

  /** What `/api/status` tells. */
  async status(): Promise<Status> {
    return await (await this.ask("/api/status")).json();
  }

  /** What status tells of one app. @throws {Error} when there is none of that name. */
  async app(name: string): Promise<AppStatus> {
    const app = (await this.status()).apps.find((one) => one.name === name);
    if (app === undefined) throw new Error(`No app ${name}`);
    return app;
  }

  /** The port that an app's listener was given. */
  async port(name: string, index = 0): Promise<number> {
    const address = (await this.app(name)).listeners[index]?.address ?? "";
    return Number(address.slice(address.lastIndexOf(":") + 1));
  }

  /** Replaces the config as an editor does, by a rename. A string is taken as it is. */
  async write(config: ConfigInput | string): Promise<void> {
    const temporary = `${this.folder}/apps.yaml.${this.#written++}.tmp`;
    await Deno.writeTextFile(temporary, configText(config));
    await Deno.rename(temporary, this.path);
  }

  /** Replaces the config and waits until it is in force. It must differ from the one before. */
  async rollOut(config: ConfigInput): Promise<void> {
    const before = this.logged("config rolled out").length;
    await this.write(config);
    await eventually("the rollout", () => this.logged("config rolled out").length > before);
  }

  /** The proxy's log lines with this message. */
  logged(message: string): LogLine[] {
    const lines = this.program.stderr.split("\n").filter((line) =>
      line.includes(message) && line.endsWith("}")
    );
    return lines.map((line): LogLine => JSON.parse(line)).filter((line) => line.message === message);
  }

  /** Ends the proxy, at once if need be, and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.program.kill("SIGTERM");
    this.program.kill("SIGINT");
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Any free port, for apps whose port the system may choose. */
export const ANY_PORT = "127.0.0.1:0";

/** As the file holds it: JSON is YAML. What tests always want is written in, unless they say otherwise. */
function configText(config: ConfigInput | string): string {
  if (typeof config === "string") return config;
  return JSON.stringify({
    admin: { listen: ANY_PORT },
    engine: TEST_ENGINE,
    workers: 2,
    ...cold(config),
    access_log: { to: "none" },
    ...config,
  });
}

function testEngine(): "deno" | "epoll" {
  const name = Deno.env.get("FPROXY_TEST_ENGINE") ?? "deno";
  if (name !== "deno" && name !== "epoll") {
    throw new Error(`FPROXY_TEST_ENGINE is "${name}": known are deno, epoll`);
  }
  return name;
}
