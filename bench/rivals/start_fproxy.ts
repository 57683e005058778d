import { sleep, systemClock } from "../../src/base/clock.ts";
import { descriptorProblem } from "../machine.ts";
import type { Child } from "../process/child.ts";
import { freePort } from "../process/ports.ts";
import { startFolder } from "../process/start_folder.ts";
import type { Stage } from "../stage.ts";
import { Unavailable } from "../suite.ts";
import type { RunningRival } from "../suite.ts";
import { engineProblem } from "./engine_problem.ts";
import type { StatusThreads } from "./engine_problem.ts";
import { fproxyConfig } from "./fproxy_config.ts";
import type { FproxySetup } from "./fproxy_config.ts";

/** Thousands of apps take some seconds, several times that on a busy machine. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
/** Where the fetch of one status page gives up. */
const FETCH_TIMEOUT_MS = 5_000;

/** What is started, in which version. */
export interface FproxyStart extends FproxySetup {
  /** For messages and file names. */
  readonly name: string;
  /** Folder of the checkout; the stage's where it is left out. */
  readonly program?: string;
  /** Each on an address of its own. */
  readonly apps: number;
}

/** An fproxy that takes connections. */
export interface RunningFproxy extends RunningRival {
  /** Port of its admin server, on 127.0.0.1. */
  readonly admin: number;
}

/**
 * Starts an fproxy in front of the stage's backend, on the proxy core.
 * @throws {Unavailable} when it refuses its config, runs on another engine than it was asked to, or may not open as many
 * descriptors as it needs.
 */
export async function startFproxy(stage: Stage, start: FproxyStart): Promise<RunningFproxy> {
  const { name, apps, workers, engine, program = stage.program } = start;
  // Each data thread has a listening socket for each app, of which control keeps a descriptor on epoll.
  const tooFew = descriptorProblem(apps * workers);
  if (tooFew !== null) throw new Unavailable(tooFew);
  const [port, admin] = [freePort(), freePort()];
  const folder = startFolder(stage, name);
  // The folder of a config is watched: a log in it would be taken for a change with every record.
  Deno.mkdirSync(`${folder}/log`);
  const places = {
    port,
    admin,
    log: `${folder}/log/access.log`,
    apps,
    backendPorts: [stage.backendPort, ...stage.mirrorPorts],
  };
  const schema: unknown = JSON.parse(Deno.readTextFileSync(`${program}/config.schema.json`));
  const config = `${folder}/config.json`;
  Deno.writeTextFileSync(config, JSON.stringify(fproxyConfig(start, places, schema)));
  const child = stage.children.start({
    name: `fproxy ${name}`,
    command: Deno.execPath(),
    args: ["run", ...runFlags(program), `${program}/main.ts`, "--config", config],
    core: stage.cores.proxy,
    cwd: program,
    folder,
  });
  await ready(child, admin);
  const status = await (await get(admin, "/api/status")).json() as StatusThreads;
  const problem = engine === "auto" ? null : engineProblem(status, engine, child.errors);
  if (problem === null) return { child, port, admin };
  await child.stop();
  throw new Unavailable(problem);
}

/** What that version is run with: the flags of its task `start`. */
function runFlags(program: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${program}/deno.json`)) as {
    tasks: { start: { command: string } };
  };
  const [, flags] = /^deno run (.*) main\.ts /.exec(tasks.start.command) ?? [];
  if (flags === undefined) throw new Error(`Cannot read the flags of the task start in ${program}/deno.json`);
  return flags.split(" ");
}

/** Waits until its apps are in force. A program that ends instead refused its config or its engine. */
async function ready(child: Child, admin: number): Promise<void> {
  const deadline = systemClock.now() + START_TIMEOUT_MS;
  while (!(await isReady(admin))) {
    if (child.hasEnded) throw new Unavailable(`it ended with code ${await child.ended}: ${child.errors}`);
    if (systemClock.now() > deadline) {
      throw new Error(`${child.name} is not ready after ${START_TIMEOUT_MS} ms: ${child.errors}`);
    }
    await sleep(systemClock, POLL_MS);
  }
}

async function isReady(admin: number): Promise<boolean> {
  try {
    const response = await get(admin, "/readyz");
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    // Nobody listens yet, or it is busy with its config.
    if (error instanceof TypeError || (error as Error).name === "TimeoutError") return false;
    throw error;
  }
}

async function get(port: number, path: string): Promise<Response> {
  return await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
}
