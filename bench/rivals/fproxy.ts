import { sleep, systemClock } from "../../src/base/clock.ts";
import type { Child } from "../process/child.ts";
import { freePort } from "../process/ports.ts";
import type { Stage } from "../stage.ts";
import { Unavailable } from "../suite.ts";
import type { Rival, RunningRival } from "../suite.ts";
import { engineProblem } from "./engine_problem.ts";
import type { StatusThreads } from "./engine_problem.ts";

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
/** Where the fetch of one status page gives up. */
const FETCH_TIMEOUT_MS = 5_000;

/** What the app of an fproxy does: forward bytes, or requests to one endpoint, or to three at once. */
export type AppKind = "tcp" | "http" | "fanout";

/** The keys of the app that differ. */
const APPS: Readonly<Record<AppKind, (stage: Stage) => Record<string, unknown>>> = {
  tcp: ({ backendPort }) => ({ targets: [onLoopback(backendPort)] }),
  http: ({ backendPort }) => ({ mode: "http", targets: [onLoopback(backendPort)] }),
  fanout: ({ backendPort, mirrorPorts }) => ({
    mode: "http",
    http: { dispatch: "fanout" },
    targets: [backendPort, ...mirrorPorts].map(onLoopback),
  }),
};

/**
 * fproxy on one engine, with one data thread. The access record is written to a file, and the admin server runs, as in
 * service. One that forwards bytes is named after its engine; one that fans out is compared with the same engine's one
 * endpoint.
 */
export function fproxy(engine: "deno" | "epoll", kind: AppKind = "tcp"): FproxyRival {
  const name = kind === "tcp" ? engine : `${engine}-${kind}`;
  return {
    ...rivalOf(engine, kind, name),
    ...(kind === "fanout" ? { reference: `${engine}-http` } : {}),
    before: (program, other) => ({ ...rivalOf(engine, kind, other, program), reference: name }),
  };
}

/** An fproxy, which may be measured in another version too. */
interface FproxyRival extends Rival {
  /** @param program folder of the other version's checkout. */
  before(program: string, name: string): Rival;
}

/** The same rival in the version of another checkout, compared with it; null where it is no fproxy. */
export function beforeOf(rival: Rival | FproxyRival, program: string, name: string): Rival | null {
  return "before" in rival ? rival.before(program, name) : null;
}

/** @param program folder of the checkout; the stage's where it is left out. */
function rivalOf(engine: "deno" | "epoll", kind: AppKind, name: string, program?: string): Rival {
  return {
    name,
    async start(stage): Promise<RunningRival> {
      const checkout = program ?? stage.program;
      const port = freePort();
      const admin = freePort();
      const config = `${stage.dir}/fproxy-${name}.json`;
      Deno.mkdirSync(logFolder(stage), { recursive: true });
      Deno.writeTextFileSync(
        config,
        JSON.stringify({
          admin: { listen: onLoopback(admin) },
          workers: 1,
          engine,
          access_log: { to: `${logFolder(stage)}/fproxy-${name}.log`, sample: 1 },
          apps: [{ name: "bench", ports: [onLoopback(port)], ...APPS[kind](stage) }],
        }),
      );
      const child = stage.children.start({
        name: `fproxy ${name}`,
        command: Deno.execPath(),
        args: ["run", "-A", `${checkout}/main.ts`, "--config", config],
        core: stage.cores.proxy,
        cwd: checkout,
      });
      await ready(child, admin);
      const status = await (await get(admin, "/api/status")).json() as StatusThreads;
      const problem = engineProblem(status, engine, child.errors);
      if (problem === null) return { child, port };
      await child.stop();
      throw new Unavailable(problem);
    },
  };
}

function onLoopback(port: number): string {
  return `127.0.0.1:${port}`;
}

/** The folder of its config is watched: a log in it would be taken for a change with every record. */
function logFolder(stage: Stage): string {
  return `${stage.dir}/log`;
}

/** Waits until its app is in force. A program that ends instead refused its config or its engine. */
async function ready(child: Child, admin: number): Promise<void> {
  const deadline = systemClock.now() + START_TIMEOUT_MS;
  while (!(await isReady(admin))) {
    if (child.hasEnded) throw new Unavailable(`it ended with code ${await child.ended}: ${child.errors}`);
    if (systemClock.now() > deadline) {
      throw new Error(`${child.name} is not ready after ${START_TIMEOUT_MS} ms`);
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
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function get(port: number, path: string): Promise<Response> {
  return await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
}
