import { BULK_FILE_BYTES } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { httpFolders, startNginx } from "./process/nginx.ts";

/** Path of the backend's large file. */
export const BULK_PATH = "/bulk";

/** Body of the backend's small answer. */
const SMALL_BODY = "0123456789abcdef".repeat(4);

/** Starts the web server behind every rival: a small answer at `/` and a large file, connections kept open for long. */
export async function startBackend(stage: Stage): Promise<void> {
  // A file without blocks: its zeros come from the page cache and never from a disk.
  const file = Deno.openSync(`${stage.dir}${BULK_PATH}`, { create: true, write: true });
  file.truncateSync(BULK_FILE_BYTES);
  file.close();
  await startNginx(stage, {
    name: "backend",
    core: stage.cores.load,
    port: stage.backendPort,
    body: (folder) =>
      `http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  ${httpFolders(folder)}
  server {
    ${[stage.backendPort, ...stage.mirrorPorts].map(listenOn).join("\n    ")}
    location = / { return 200 "${SMALL_BODY}"; }
    location = ${BULK_PATH} { root ${stage.dir}; }
  }
}`,
  });
}

function listenOn(port: number): string {
  return `listen 127.0.0.1:${port} backlog=4096;`;
}
