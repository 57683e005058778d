import type { Rival, RunningRival } from "../suite.ts";
import { httpFolders, startNginx } from "../process/nginx.ts";
import { freePort } from "../process/ports.ts";
import { appAddresses } from "./app_addresses.ts";
import { nginxLog } from "./nginx_log.ts";

/**
 * nginx as an HTTP proxy, one worker, connections kept open on both sides, its defaults otherwise.
 * @param hasLog whether it keeps an access log.
 */
export function nginxHttp(hasLog: boolean): Rival {
  const name = hasLog ? "nginx-http-log" : "nginx-http";
  return {
    name,
    async start(stage, apps = 1): Promise<RunningRival> {
      const port = freePort();
      const child = await startNginx(stage, {
        name,
        core: stage.cores.proxy,
        port,
        body: (folder) =>
          `http {
  ${hasLog ? nginxLog("http", folder) : "access_log off;"}
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  ${httpFolders(folder)}
  upstream backend {
    server 127.0.0.1:${stage.backendPort};
    keepalive 128;
    keepalive_requests 1000000000;
  }
${appAddresses(port, apps).map(server).join("\n")}
}`,
      });
      return { child, port };
    },
  };
}

function server(address: string): string {
  return `  server {
    listen ${address} backlog=4096;
    location / {
      proxy_pass http://backend;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }`;
}
