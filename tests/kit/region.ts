import type { ConfigInput } from "../../src/model/config.ts";
import { eventually } from "./eventually.ts";
import type { LaunchedProgram } from "./launched_program.ts";
import { launchProgram } from "./program_under_test.ts";
import { TEST_ENGINE } from "./proxy.ts";
import { freePortRange, freePorts } from "./servers.ts";
import { Operator } from "./region_operator.ts";

/** Ports of a node for apps that take any. */
const RANGE = 20;

/** Many programs that start at once on a slow machine, and three servers that make the store, take their time. */
const STARTED_MS = 60_000;

/** What of a node's config is not as that of the others. */
export interface NodeSettings extends Pick<ConfigInput, "apps"> {
  readonly capacity?: { readonly apps: number };
  /** Where others reach it; 127.0.0.1 unless given. */
  readonly address?: string;
  /** Put before its command line. */
  readonly wrapper?: readonly string[];
}

/** Nodes and controls of one region, as programs of their own on loopback. */
export class Region implements AsyncDisposable {
  readonly #programs = new Set<LaunchedProgram>();
  readonly #nodes = new Map<string, LaunchedProgram>();

  private constructor(
    readonly operator: Operator,
    private readonly dir: string,
    private readonly access: string,
  ) {}

  /** @param servers addresses of its NATS servers. */
  static async on(servers: { readonly urls: readonly string[] }): Promise<Region> {
    const access = `servers: ${JSON.stringify(servers.urls)}\n`;
    const dir = await Deno.makeTempDir({ prefix: "fproxy_nodes_" });
    return new Region(await Operator.at(access), dir, access);
  }

  /** Path of a file that tells commands how the region is reached. */
  get accessPath(): string {
    return this.operator.regionPath;
  }

  /** Writes a file for one of its programs. @returns its path. */
  async file(name: string, text: string): Promise<string> {
    await Deno.writeTextFile(`${this.dir}/${name}`, text);
    return `${this.dir}/${name}`;
  }

  /** Starts a control, and waits until it leads, unless another one does. @param more arguments. */
  async control(isFirst: boolean, more: readonly string[] = []): Promise<LaunchedProgram> {
    const path = await this.file("access.yaml", this.access);
    const program = this.#launch(["control", "--region", path, ...more]);
    if (isFirst) await program.line(/"event":"region_leads"/, STARTED_MS);
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
    more: NodeSettings = { apps: [] },
  ): Promise<LaunchedProgram> {
    const path = `${this.dir}/${name}.yaml`;
    if (!await exists(path)) {
      const first = freePortRange(RANGE);
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
    const program = this.#launch(["--config", path], more.wrapper);
    this.#nodes.set(name, program);
    await program.line(/"message":"started"/, STARTED_MS);
    if (knowsRegion) await program.line(/"event":"region_joined"/, STARTED_MS);
    return program;
  }

  /** Starts a front that takes no apps of the region, and whose clients are sent to this one. @returns where it listens. */
  async front(app: string, name = "front"): Promise<number> {
    const [port = 0] = freePorts(1);
    const front = await this.node(name, "z0", true, {
      apps: [{ name: `${app}-front`, ports: [`127.0.0.1:${port}`], targets: [`region:${app}`] }],
      capacity: { apps: 0 },
    });
    await front.line(/"message":"config rolled out"/, STARTED_MS);
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
    await program.line(/"event":"front_joined"/, STARTED_MS);
    return program;
  }

  /** The program of a node that was started. */
  program(node: string): LaunchedProgram {
    return this.#nodes.get(node)!;
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

  #launch(args: readonly string[], wrapper: readonly string[] = []): LaunchedProgram {
    const program = launchProgram(args, {}, wrapper);
    this.#programs.add(program);
    return program;
  }
}

/** Where the admin server of a node is. */
export async function adminOf(node: LaunchedProgram): Promise<string> {
  const [, address = ""] = await node.line(/"admin server listens","address":"([^"]+)"/);
  return `http://${address}`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
