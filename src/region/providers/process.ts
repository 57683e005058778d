import { resolve } from "node:path";
import { sleep } from "../../base/clock.ts";
import { procText } from "../../base/proc_text.ts";
import { portRange } from "../../model/config_region.ts";
import { filePath, wholeNumber } from "../../model/config_values.ts";
import type { NodeProvider, ProviderKind, ProviderParts } from "./provider.ts";

interface ProcessSettings {
  readonly config: string;
  readonly directory: string;
  readonly ports: { readonly first: number; readonly last: number };
  readonly ports_per_node: number;
}

/** A program has so long to end by itself. */
const GRACE_MS = 10_000;
const LOOK_MS = 100;

/** Starts nodes as programs of this machine. */
export const processProvider: ProviderKind = {
  name: "process",
  keys: {
    config: filePath,
    directory: filePath,
    ports: portRange,
    ports_per_node: wholeNumber(1, 10_000).prefault(20),
  },
  make(settings, parts): NodeProvider {
    if (Deno.build.os !== "linux") throw new Error('Node provider "process" works on Linux alone');
    return new ProcessProvider(settings as unknown as ProcessSettings, parts);
  },
};

/**
 * One config for all nodes, which takes from its environment what is different: `FPROXY_NODE`, the name, and
 * `FPROXY_PORT_RANGE`. Which programs there are stands in files, so that another control goes on with them; they run on
 * when the control that started them ends.
 */
class ProcessProvider implements NodeProvider {
  readonly #config: string;
  readonly #directory: string;

  constructor(private readonly settings: ProcessSettings, private readonly parts: ProviderParts) {
    this.#config = resolve(parts.folder, settings.config);
    this.#directory = resolve(parts.folder, settings.directory);
  }

  async add(name: string): Promise<void> {
    if (await this.#find(name) !== null) return;
    const [program = "", ...args] = this.parts.program;
    await Deno.mkdir(this.#directory, { recursive: true });
    const child = new Deno.Command(program, {
      args: [...args, "--config", this.#config],
      env: { FPROXY_NODE: name, FPROXY_PORT_RANGE: this.#rangeOf(name) },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // It is not this program's to wait for; but somebody has to ask how it ended.
    child.unref();
    void child.status;
    await Deno.writeTextFile(this.#fileOf(name), `${child.pid}\n`);
  }

  async remove(name: string): Promise<void> {
    const { clock } = this.parts;
    const deadline = clock.now() + GRACE_MS;
    let isForced = false;
    for (let pid = await this.#find(name); pid !== null; pid = await this.#find(name)) {
      if (!isForced) kill(pid, "SIGTERM");
      if (clock.now() >= deadline) kill(pid, "SIGKILL");
      isForced = true;
      await sleep(clock, LOOK_MS);
    }
    await Deno.remove(this.#fileOf(name)).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  /** Each node has ports of its own, by the number at the end of its name: they share a machine. */
  #rangeOf(name: string): string {
    const { ports, ports_per_node: count } = this.settings;
    const number = Number(/\d+$/.exec(name)?.[0] ?? 1);
    const first = ports.first + (number - 1) * count;
    if (first + count - 1 > ports.last) {
      throw new Error(`Cannot start ${name}: there are ports for ${number - 1} nodes alone`);
    }
    return `${first}-${first + count - 1}`;
  }

  /** The number of its process, while that runs; another program may have got the number since. */
  async #find(name: string): Promise<number | null> {
    try {
      const pid = Number(await Deno.readTextFile(this.#fileOf(name)));
      return procText(pid, "environ").split("\0").includes(`FPROXY_NODE=${name}`) ? pid : null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  #fileOf(name: string): string {
    return `${this.#directory}/${name}.pid`;
  }
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
