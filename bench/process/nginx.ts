import type { Child } from "./child.ts";
import { listening } from "./ports.ts";
import { startFolder } from "./start_folder.ts";
import type { Stage } from "../stage.ts";

const START_TIMEOUT_MS = 10_000;

/** An nginx. */
export interface NginxOptions {
  /** For messages and file names. */
  readonly name: string;
  readonly core: number;
  /** Worker processes; 1 unless given. */
  readonly workers?: number;
  /** Where it listens, to see that it has started. */
  readonly port: number;
  /** Lines before everything else, such as `load_module`. */
  readonly modules?: string;
  /** The `http` or `stream` block. @param folder for files of this start. */
  body(folder: string): string;
}

/** Starts an nginx that keeps all its files in the run's folder. @throws {Error} when it does not start. */
export async function startNginx(stage: Stage, options: NginxOptions): Promise<Child> {
  const folder = startFolder(stage, options.name);
  const config = `${folder}/nginx.conf`;
  Deno.writeTextFileSync(config, nginxConfig(folder, options));
  const child = stage.children.start({
    name: options.name,
    command: "nginx",
    args: ["-p", folder, "-e", "stderr", "-c", config],
    core: options.core,
    folder,
  });
  await listening(child, options.port, START_TIMEOUT_MS);
  return child;
}

/** The whole configuration file. */
function nginxConfig(folder: string, { modules = "", workers = 1, body }: NginxOptions): string {
  return `${modules}
daemon off;
worker_processes ${workers};
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 16384; }
${body(folder)}
`;
}

/** Directives of an `http` block for folders that nginx would otherwise make where only root may. */
export function httpFolders(folder: string): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `${kind}_temp_path ${folder}/${kind};`
  )
    .join("\n  ");
}
