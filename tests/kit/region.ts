import type { ConfigInput } from "../../src/model/config.ts";
import { eventually } from "./eventually.ts";
import type { LaunchedProgram } from "./launched_program.ts";
import type { NatsServer } from "./nats_server.ts";
import { launchProgram } from "./program_under_test.ts";
import { TEST_ENGINE } from "./proxy.ts";
import { freePorts } from "./servers.ts";
import { Operator } from "./region_operator.ts";

/** Several programs start at once, on a machine that may be slow. */
const START_MS = 60_000;
/** Ports of a node for apps that take any. */
const RANGE = 20;
/** Below those that the system gives to clients. */
const [FIRST_PORT, LAST_PORT] = [10_000, 32_000];

/** Nodes and controls of one region, as programs of their own on loopback. */
export class Region implements AsyncDisposable {
  readonly #programs = new Set<LaunchedProgram>();

  private constructor(
    readonly operator: Operator,
    private readonly dir: string,
    private readonly access: string,
  ) {}

  static async on(server: NatsServer): Promise<Region> {
    const access = `servers: ["${server.url}"]\n`;
    const dir = await Deno.makeTempDir({ prefix: "fproxy_nodes_" });
    return new Region(await Operator.at(access), dir, access);
  }

  /** Path of a file that tells commands how the region is reached. */
  get accessPath(): string {
    return this.operator.regionPath;
  }

  /** Starts a control, and waits until it leads, unless another one does. */
  async control(isFirst: boolean, more: readonly string[] = []): Promise<LaunchedProgram> {
    await Deno.writeTextFile(`${this.dir}/access.yaml`, this.access);
    const program = this.#launch(["control", "--region", `${this.dir}/access.yaml`, ...more]);
    if (isFirst) await program.line(/"event":"region_leads"/, START_MS);
    return program;
  }

  /**
   * Starts a node, or one of that name again.
   * @param knowsRegion whether it waits until the node has reached the store.
   * @param more of its config: apps of its own, that it takes none of the region, another address of this machine.
   */
  async node(
    name: string,
    zone: string,
    knowsRegion = true,
    more: Pick<ConfigInput, "apps"> & {
      readonly capacity?: { readonly apps: number };
      readonly address?: string;
    } = { apps: [] },
  ): Promise<LaunchedProgram> {
    const path = `${this.dir}/${name}.yaml`;
    if (!await exists(path)) {
      const first = freeRange(RANGE);
      const region = {
        servers: JSON.parse(this.access.slice("servers:".length)),
        name,
        zone,
        address: more.address ?? "127.0.0.1",
      };
      await Deno.writeTextFile(
        path,
        JSON.stringify({
          engine: TEST_ENGINE,
          warm_up: "off",
          workers: 1,
          admin: { listen: "127.0.0.1:0" },
          state_dir: `${this.dir}/${name}.state`,
          region: {
            ...region,
            port_range: `${first}-${first + RANGE - 1}`,
            ...(more.capacity === undefined ? {} : { capacity: more.capacity }),
          },
          apps: more.apps,
        }),
      );
    }
    const program = this.#launch(["--config", path]);
    await program.line(/"message":"started"/, START_MS);
    if (knowsRegion) await program.line(/"event":"region_joined"/, START_MS);
    return program;
  }

  /** Starts a front that takes no apps of the region, and whose clients are sent to this one. @returns where it listens. */
  async front(app: string): Promise<number> {
    const [port = 0] = freePorts(1);
    const front = await this.node("front", "z0", true, {
      apps: [{ name: `${app}-front`, ports: [`127.0.0.1:${port}`], targets: [`region:${app}`] }],
      capacity: { apps: 0 },
    });
    await front.line(/"message":"config rolled out"/);
    return port;
  }

  /** Folder of the files of nodes and fronts. */
  get folder(): string {
    return this.dir;
  }

  /** Starts a program with these fronts, or one of that name again, and waits until it follows the region. */
  async fronts(name: string, fronts: readonly unknown[]): Promise<LaunchedProgram> {
    const path = `${this.dir}/${name}.yaml`;
    const region = { servers: JSON.parse(this.access.slice("servers:".length)) };
    await Deno.writeTextFile(path, JSON.stringify({ region, name, fronts }));
    const program = this.#launch(["front", "--config", path]);
    await program.line(/"event":"front_joined"/, START_MS);
    return program;
  }

  /** Waits until `fproxy region status` looks like this. */
  async looks(name: string, wanted: (text: string) => boolean, deadlineMs?: number): Promise<string> {
    let text = "";
    await eventually(name, async () => {
      text = await this.operator.done("status");
      return wanted(text) || text;
    }, deadlineMs);
    return text;
  }

  /** Where the replicas of an app listen, by node, as control wants it. */
  async ports(app: string): Promise<Map<string, number>> {
    const { RegionStore } = await import("../../src/region/store/region_store.ts");
    const store = await RegionStore.open({
      region: "main",
      servers: JSON.parse(this.access.slice("servers:".length)),
    });
    try {
      const all = await store.assignments.all();
      return new Map([...all].flatMap(([node, { value }]) => {
        const port = value?.apps[app]?.ports[0];
        return port === undefined ? [] : [[node, port] as const];
      }));
    } finally {
      await store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program[Symbol.asyncDispose]()));
    await this.operator[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }

  #launch(args: readonly string[]): LaunchedProgram {
    const program = launchProgram(args);
    this.#programs.add(program);
    return program;
  }
}

/** Where the admin server of a node is. */
export async function adminOf(node: LaunchedProgram): Promise<string> {
  const [, address = ""] = await node.line(/"admin server listens","address":"([^"]+)"/);
  return `http://${address}`;
}

/** First of so many ports in a row that nobody listens on. */
function freeRange(count: number): number {
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

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
