import { eventually } from "./eventually.ts";
import { LaunchedProgram, type LaunchOptions } from "./launched_program.ts";
import { isFile } from "./programs.ts";

/** Below those that the system gives to clients. */
const [FIRST_PORT, LAST_PORT] = [10_000, 32_000];
/** How often a server is started anew when its port was taken meanwhile. */
const STARTS = 5;

/** A server that somebody else wrote, on a port of 127.0.0.1 that was free. */
export class Server implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly program: LaunchedProgram,
    private readonly folder: string,
  ) {}

  /** nginx, one process; every path answers `body`. */
  static nginx(body = "hello\n"): Promise<Server> {
    return Server.#start(async (port, folder) => {
      const config = [
        "daemon off; master_process off; error_log stderr error;",
        `pid ${folder}/pid;`,
        "events { worker_connections 4096; }",
        "http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;",
        ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
          `${name}_temp_path ${folder}/${name};`
        ),
        `server { listen 127.0.0.1:${port} backlog=4096; location / { return 200 "${
          body.replaceAll("\n", "\\n")
        }"; } } }`,
      ];
      await Deno.writeTextFile(`${folder}/nginx.conf`, config.join("\n"));
      return { command: "nginx", args: ["-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`] };
    });
  }

  /**
   * nginx, one process.
   * @param sections of the config behind `events`; `PORT` in them is the server's, and `FOLDER` a folder for its files.
   * @param modules files to load where they exist: else nginx was built with what is in them.
   */
  static nginxWith(sections: string, modules: readonly string[] = []): Promise<Server> {
    return Server.#start(async (port, folder) => {
      const config = [
        ...modules.filter(isFile).map((path) => `load_module ${path};`),
        "daemon off; master_process off; error_log stderr error;",
        `pid ${folder}/pid;`,
        "events { worker_connections 256; }",
        sections.replaceAll("PORT", `${port}`).replaceAll("FOLDER", folder),
      ];
      await Deno.writeTextFile(`${folder}/nginx.conf`, config.join("\n"));
      return { command: "nginx", args: ["-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`] };
    });
  }

  /** HAProxy. @param sections of the config behind `defaults`; `PORT` in them is the server's. */
  static haproxy(sections: string): Promise<Server> {
    return Server.#start(async (port, folder) => {
      const config = [
        "defaults",
        "  timeout connect 5s",
        "  timeout client 30s",
        "  timeout server 30s",
        sections.replaceAll("PORT", `${port}`),
        "",
      ];
      await Deno.writeTextFile(`${folder}/haproxy.cfg`, config.join("\n"));
      return { command: "haproxy", args: ["-db", "-f", `${folder}/haproxy.cfg`] };
    });
  }

  /** redis-server, in memory alone. */
  static redis(): Promise<Server> {
    return Server.#start((port, folder) => ({
      command: "redis-server",
      args: ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
    }));
  }

  /** iperf3 in server mode. */
  static iperf3(): Promise<Server> {
    return Server.#start((port) => ({ command: "iperf3", args: ["-s", "-p", `${port}`, "-B", "127.0.0.1"] }));
  }

  /** Python's http.server, with files of these names and contents. */
  static python(files: Readonly<Record<string, string>>): Promise<Server> {
    return Server.#start(async (port, folder) => {
      for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
      const args = ["-u", "-m", "http.server", `${port}`, "--bind", "127.0.0.1", "--directory", folder];
      return { command: "python3", args: [...args, "--protocol", "HTTP/1.1"] };
    });
  }

  /** Node running a module that listens on `process.env.PORT`. */
  static node(module: string): Promise<Server> {
    return Server.#start(async (port, folder) => {
      await Deno.writeTextFile(`${folder}/server.mjs`, module);
      return { command: "node", args: [`${folder}/server.mjs`], env: { PORT: `${port}` } };
    });
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  static async #start(
    how: (port: number, folder: string) => LaunchOptions | Promise<LaunchOptions>,
  ): Promise<Server> {
    for (let left = STARTS; true; left--) {
      const folder = await Deno.makeTempDir({ prefix: "fproxy_server_" });
      const port = freePort();
      const server = new Server(port, new LaunchedProgram(await how(port, folder)), folder);
      try {
        await eventually(`a server on port ${port}`, async () => {
          (await Deno.connect({ hostname: "127.0.0.1", port })).close();
          return true;
        });
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        if (left === 1) throw error;
      }
    }
  }
}

/** A port that is free now, for programs that cannot be told to take any, and addresses that must be written. */
export function freePort(): number {
  return freePorts(1)[0] ?? 0;
}

/** So many different ports that are free now. */
export function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  for (const listener of listeners) listener.close();
  return listeners.map((listener) => listener.addr.port);
}

/** First of so many ports in a row that nobody listens on. */
export function freePortRange(count: number): number {
  for (;;) {
    const first = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT - count));
    if (Array.from({ length: count }, (_, at) => first + at).every(isFree)) return first;
  }
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return true;
  } catch {
    return false;
  }
}
