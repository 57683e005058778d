import { sleep, systemClock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { procText } from "../../../base/proc_text.ts";
import { type EchoServer, startEchoServer } from "../../../tools/echo_server.ts";
import { type ChildEnd, DemoChild } from "./demo_child.ts";
import { demoFiles } from "./demo_files.ts";
import type { DemoPlan } from "./demo_plan.ts";

/** What it is made from. */
export interface DemoRegionParts {
  readonly plan: DemoPlan;
  /** Says what is being done. */
  tell(text: string): void;
  /** Told when a program ends that nobody asked to. */
  onEnd(child: DemoChild, end: ChildEnd): void;
  /** Makes a connection, and gives what comes back. */
  ask(address: string): Promise<string>;
}

/** Programs that all start at once on a slow machine take their time. */
const READY_MS = 90_000;
const LOOK_MS = 200;

/** The programs of a demonstration. */
export class DemoRegion {
  readonly #children = new Map<string, DemoChild>();
  readonly #targets: EchoServer[] = [];
  #isClosed = false;

  constructor(private readonly parts: DemoRegionParts) {}

  /** Starts all of it, and waits until each app is served through each front. @throws {Error} when something does not start. */
  async start(): Promise<void> {
    const { plan, tell } = this.parts;
    const { dir, program, servers, controls, nodes, fronts, targets } = plan;
    for (const { path, text, isProgram } of demoFiles(plan)) {
      await Deno.writeTextFile(`${dir}/${path}`, text, { mode: isProgram === true ? 0o755 : 0o644 });
    }
    for (const [index, port] of targets.entries()) {
      this.#targets.push(startEchoServer({ listen: { ip: "127.0.0.1", port }, name: `target-${index + 1}` }));
    }
    tell(`Starting ${servers.length} NATS servers ...\n`);
    const started = servers.map(({ name }) =>
      this.#launch(name, ["nats-server", "-c", `${dir}/${name}.conf`])
    );
    await Promise.all(started.map((server) => server.says(/Server is ready/, READY_MS)));
    await Promise.race(started.map((server) => server.says(/new .*metadata leader/i, READY_MS)));

    tell("Starting control, nodes and fronts ...\n");
    const [first, ...others] = controls.map((name) => () =>
      this.#launch(name, [
        ...program,
        "control",
        ...["--id", name, "--region", `${dir}/region.yaml`, "--provider", `${dir}/provider.yaml`],
      ])
    );
    await first!().says(/"event":"region_leads"/, READY_MS);
    for (const launch of others) launch();
    const proxies = [...nodes, ...fronts].map(({ name }) =>
      this.#launch(name, [...program, "--config", `${dir}/${name}.yaml`])
    );
    await Promise.all(proxies.map((proxy) => proxy.says(/"event":"region_joined"/, READY_MS)));

    tell("Applying apps.yaml, and waiting until all apps are served ...\n");
    await this.#apply();
    for (const { appPorts } of fronts) for (const port of appPorts) await this.#served(`127.0.0.1:${port}`);
  }

  pidOf(name: string): number {
    return this.#children.get(name)!.pid;
  }

  /** Ends all programs, and those that they started. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const children = [...this.#children.values()];
    // Nodes and fronts first: they say goodbye to the servers.
    const isServer = (name: string): boolean =>
      this.parts.plan.servers.some((server) => server.name === name);
    await Promise.all(children.filter(({ name }) => !isServer(name)).map((child) => child.end()));
    await this.#endMade();
    await Promise.all(children.filter(({ name }) => isServer(name)).map((child) => child.end()));
    await Promise.all(this.#targets.map((target) => target.close()));
  }

  #launch(name: string, command: readonly string[]): DemoChild {
    if (this.#isClosed) throw new Error("the demonstration is over");
    const child = new DemoChild(name, command, `${this.parts.plan.dir}/${name}.log`);
    this.#children.set(name, child);
    void child.ended.then((end) => {
      if (!this.#isClosed) this.parts.onEnd(child, end);
    });
    return child;
  }

  async #apply(): Promise<void> {
    const { dir } = this.parts.plan;
    const command = new Deno.Command(`${dir}/fproxy`, {
      args: ["region", "apply", "-f", `${dir}/apps.yaml`, "--by", "demo"],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const { success, stderr } = await command.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  }

  async #served(address: string): Promise<void> {
    const deadline = systemClock.now() + READY_MS;
    for (let problem = ""; !this.#isClosed;) {
      try {
        if (await this.parts.ask(address) !== "") return;
        problem = "it closes connections";
      } catch (error) {
        problem = errorMessage(error);
      }
      if (systemClock.now() > deadline) throw new Error(`${address} is not served: ${problem}`);
      await sleep(systemClock, LOOK_MS);
    }
  }

  /** Nodes that control started run on without it: their numbers are in files. */
  async #endMade(): Promise<void> {
    const folder = `${this.parts.plan.dir}/made`;
    const pids: number[] = [];
    try {
      for await (const { name } of Deno.readDir(folder)) {
        pids.push(Number(await Deno.readTextFile(`${folder}/${name}`)));
      }
    } catch (error) {
      // None was started.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const isRunning = (pid: number): boolean => procText(pid, "cmdline").includes(`${this.parts.plan.dir}/`);
    for (const pid of pids.filter(isRunning)) Deno.kill(pid, "SIGTERM");
    const deadline = systemClock.now() + READY_MS;
    while (pids.some(isRunning) && systemClock.now() < deadline) await sleep(systemClock, LOOK_MS);
  }
}
