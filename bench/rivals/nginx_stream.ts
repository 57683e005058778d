import type { Rival, RunningRival } from "../suite.ts";
import { startNginx } from "../process/nginx.ts";
import { freePort } from "../process/ports.ts";
import { appAddresses } from "./app_addresses.ts";
import { nginxLog } from "./nginx_log.ts";

/** How an nginx differs from the usual one. */
export interface NginxStreamOptions {
  readonly name: string;
  /** Whether it keeps an access log; it does not unless said. */
  readonly hasLog?: boolean;
  /** 1 unless given. */
  readonly workers?: number;
}

/** nginx's stream proxy, its defaults otherwise. */
export function nginxStream({ name, hasLog = false, workers = 1 }: NginxStreamOptions): Rival {
  return {
    name,
    async start(stage, apps = 1): Promise<RunningRival> {
      const port = freePort();
      const child = await startNginx(stage, {
        name,
        core: stage.cores.proxy,
        workers,
        port,
        modules: "load_module /usr/lib/nginx/modules/ngx_stream_module.so;",
        body: (folder) =>
          `stream {
  ${hasLog ? nginxLog("stream", folder) : "access_log off;"}
${appAddresses(port, apps).map((address) => server(address, stage.backendPort)).join("\n")}
}`,
      });
      return { child, port };
    },
  };
}

function server(address: string, backendPort: number): string {
  return `  server {
    listen ${address} backlog=4096;
    proxy_pass 127.0.0.1:${backendPort};
    proxy_timeout 10m;
  }`;
}
