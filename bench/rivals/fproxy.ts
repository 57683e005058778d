import { startFollowers } from "../process/followers.ts";
import type { Rival, RunningRival } from "../suite.ts";
import type { AppKind, FproxySetup } from "./fproxy_config.ts";
import { startFproxy } from "./start_fproxy.ts";

/** Seconds between two scrapes of one that is watched. */
const SCRAPE_S = 1;

/** An fproxy, which may be measured in other variants too. */
export interface FproxyRival extends Rival {
  /** The same in the version of another checkout, compared with this one. @param program folder of that checkout. */
  before(program: string, name: string): Rival;
  /** The same, but it keeps nothing of its sessions and nobody looks at it. */
  silent(name: string): Rival;
  /** The same, scraped each second and with one dashboard open. @param reference name of the silent one. */
  watched(name: string, reference: string): Rival;
}

/**
 * fproxy on one engine, with one data thread. One that forwards bytes is named after its engine; one that fans out is compared
 * with the same engine's one endpoint.
 */
export function fproxy(engine: "deno" | "epoll", kind: AppKind = "tcp"): FproxyRival {
  const name = kind === "tcp" ? engine : `${engine}-${kind}`;
  const rival = variants(name, { engine, kind, workers: 1 });
  return kind === "fanout" ? { ...rival, reference: `${engine}-http` } : rival;
}

/** fproxy with some data threads, on the engine that it chooses. */
export function fproxyWorkers(workers: number): FproxyRival {
  return variants(`fproxy-${workers}-workers`, { engine: "auto", kind: "tcp", workers });
}

/** Whether a rival is an fproxy. */
export function isFproxy(rival: Rival): rival is FproxyRival {
  return "before" in rival;
}

function variants(name: string, setup: FproxySetup): FproxyRival {
  return {
    name,
    start: (stage, apps = 1) => startFproxy(stage, { ...setup, name, apps }),
    before: (program, other) => ({
      name: other,
      reference: name,
      start: (stage, apps = 1) => startFproxy(stage, { ...setup, name: other, program, apps }),
    }),
    silent: (other) => ({
      name: other,
      start: (stage, apps = 1) => startFproxy(stage, { ...setup, name: other, isSilent: true, apps }),
    }),
    watched: (other, reference) => ({
      name: other,
      reference,
      async start(stage, apps = 1): Promise<RunningRival> {
        const running = await startFproxy(stage, { ...setup, name: other, apps });
        const followers = { of: other, admin: running.admin, dashboards: 1, scrapeS: SCRAPE_S };
        return { ...running, companions: [(await startFollowers(stage, followers)).child] };
      },
    }),
  };
}
