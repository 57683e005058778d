/** Addresses of the two ends: a network of four, which documentation and benchmarks are free to use (RFC 2544). */
const HERE = "198.18.77.1";
const THERE = "198.18.77.2";
const BITS = 30;

/** A part of this machine with a network of its own, joined to ours by a cable that can be cut (ip-netns(8)); Linux and root. */
export class NetworkNamespace implements AsyncDisposable {
  /** Where this machine is reached from inside of it. */
  readonly outside = HERE;
  /** Where it is reached from this machine. */
  readonly inside = THERE;
  /** Put before the command line of a program that is to run in it. */
  readonly wrapper: readonly string[];
  readonly #name: string;
  readonly #cable: string;

  private constructor() {
    // A device has at most 15 characters.
    this.#name = `fproxy${Deno.pid}`;
    this.#cable = `fp${Deno.pid}`;
    this.wrapper = ["ip", "netns", "exec", this.#name];
  }

  /** @throws {Error} with what the system said, where that is not permitted. */
  static async create(): Promise<NetworkNamespace> {
    const made = new NetworkNamespace();
    const [name, cable] = [made.#name, made.#cable];
    try {
      await ip("netns", "add", name);
      await ip("link", "add", cable, "type", "veth", "peer", "name", "cable0", "netns", name);
      await ip("addr", "add", `${HERE}/${BITS}`, "dev", cable);
      await ip("link", "set", cable, "up");
      await ip("-n", name, "addr", "add", `${THERE}/${BITS}`, "dev", "cable0");
      await ip("-n", name, "link", "set", "lo", "up");
      await ip("-n", name, "link", "set", "cable0", "up");
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Why there can be none on this machine; null where there can. */
  static async obstacle(): Promise<string | null> {
    try {
      await (await NetworkNamespace.create())[Symbol.asyncDispose]();
      return null;
    } catch (error) {
      return `no network namespaces (${error instanceof Error ? error.message : error})`;
    }
  }

  /** Cuts the cable: nothing comes through any more, and nobody is told. */
  async cut(): Promise<void> {
    await ip("-n", this.#name, "link", "set", "cable0", "down");
  }

  async mend(): Promise<void> {
    await ip("-n", this.#name, "link", "set", "cable0", "up");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The cable goes with one of its ends.
    await ip("link", "del", this.#cable).catch(() => {});
    await ip("netns", "del", this.#name).catch(() => {});
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args], stderr: "piped" }).output();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
