import type { Rival, RunningRival } from "../suite.ts";
import { startNginx } from "../process/nginx.ts";
import { freePort } from "../process/ports.ts";

/** nginx's stream proxy, one worker, its defaults otherwise; no log. */
export const nginxStream: Rival = {
  name: "nginx",
  async start(stage): Promise<RunningRival> {
    const port = freePort();
    const child = await startNginx(stage, {
      name: "nginx-stream",
      core: stage.cores.proxy,
      port,
      modules: "load_module /usr/lib/nginx/modules/ngx_stream_module.so;",
      body: `stream {
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_pass 127.0.0.1:${stage.backendPort};
    proxy_timeout 10m;
  }
}`,
    });
    return { child, port };
  },
};
