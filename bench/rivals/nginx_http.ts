import type { Rival, RunningRival } from "../suite.ts";
import { httpFolders, startNginx } from "../process/nginx.ts";
import { freePort } from "../process/ports.ts";

/** nginx as an HTTP proxy, one worker, connections kept open on both sides, its defaults otherwise; no log. */
export const nginxHttp: Rival = {
  name: "nginx-http",
  async start(stage): Promise<RunningRival> {
    const port = freePort();
    const child = await startNginx(stage, {
      name: "nginx-http",
      core: stage.cores.proxy,
      port,
      body: `http {
  access_log off;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  ${httpFolders(stage.dir)}
  upstream backend {
    server 127.0.0.1:${stage.backendPort};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}`,
    });
    return { child, port };
  },
};
