import type { Rival, RunningRival } from "../suite.ts";
import type { Stage } from "../stage.ts";
import { freePort, listening } from "../process/ports.ts";

const START_TIMEOUT_MS = 10_000;

/**
 * HAProxy, one thread, its defaults otherwise; no log. In HTTP mode it keeps connections open on both sides, and takes
 * any that is idle for the next request, as the others do.
 */
export function haproxy(mode: "tcp" | "http"): Rival {
  const name = mode === "tcp" ? "haproxy" : "haproxy-http";
  return { name, start: (stage) => start(stage, name, mode) };
}

async function start(stage: Stage, name: string, mode: "tcp" | "http"): Promise<RunningRival> {
  const port = freePort();
  const config = `${stage.dir}/${name}.cfg`;
  Deno.writeTextFileSync(
    config,
    `global
  nbthread 1
  maxconn 8000
defaults
  mode ${mode}
  timeout connect 5s
  timeout client 10m
  timeout server 10m${mode === "http" ? "\n  http-reuse always" : ""}
listen bench
  bind 127.0.0.1:${port} backlog 4096
  server backend 127.0.0.1:${stage.backendPort}
`,
  );
  const child = stage.children.start({
    name,
    command: "haproxy",
    args: ["-q", "-db", "-f", config],
    core: stage.cores.proxy,
  });
  await listening(child, port, START_TIMEOUT_MS);
  return { child, port };
}
