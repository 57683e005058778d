import type { Rival, RunningRival } from "../suite.ts";
import { freePort, listening } from "../process/ports.ts";

const START_TIMEOUT_MS = 10_000;

/** HAProxy in TCP mode, one thread, its defaults otherwise; no log. */
export const haproxy: Rival = {
  name: "haproxy",
  async start(stage): Promise<RunningRival> {
    const port = freePort();
    const config = `${stage.dir}/haproxy.cfg`;
    Deno.writeTextFileSync(
      config,
      `global
  nbthread 1
  maxconn 8000
defaults
  mode tcp
  timeout connect 5s
  timeout client 10m
  timeout server 10m
listen bench
  bind 127.0.0.1:${port} backlog 4096
  server backend 127.0.0.1:${stage.backendPort}
`,
    );
    const child = stage.children.start({
      name: "haproxy",
      command: "haproxy",
      args: ["-q", "-db", "-f", config],
      core: stage.cores.proxy,
    });
    await listening(child, port, START_TIMEOUT_MS);
    return { child, port };
  },
};
