import type { Child } from "./child.ts";
import { listening } from "./ports.ts";
import type { Stage } from "../stage.ts";

const START_TIMEOUT_MS = 10_000;

/** An nginx with one worker. */
export interface NginxOptions {
  /** Unique in the run. */
  readonly name: string;
  readonly core: number;
  /** Where it listens, to see that it has started. */
  readonly port: number;
  /** Lines before everything else, such as `load_module`. */
  readonly modules?: string;
  /** The `http` or `stream` block. */
  readonly body: string;
}

/** Starts an nginx that keeps all its files in the run's folder. @throws {Error} when it does not start. */
export async function startNginx(stage: Stage, options: NginxOptions): Promise<Child> {
  const config = `${stage.dir}/${options.name}.conf`;
  Deno.writeTextFileSync(config, nginxConfig(stage.dir, options));
  const child = stage.children.start({
    name: options.name,
    command: "nginx",
    args: ["-p", stage.dir, "-e", "stderr", "-c", config],
    core: options.core,
  });
  await listening(child, options.port, START_TIMEOUT_MS);
  return child;
}

/** The whole configuration file. */
function nginxConfig(dir: string, { name, modules = "", body }: NginxOptions): string {
  return `${modules}
daemon off;
worker_processes 1;
pid ${dir}/${name}.pid;
error_log stderr crit;
events { worker_connections 16384; }
${body}
`;
}

/** Directives of an `http` block for folders that nginx would otherwise make where only root may. */
export function httpFolders(dir: string): string {
  return ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) =>
    `${kind}_temp_path ${dir}/${kind};`
  )
    .join("\n  ");
}
