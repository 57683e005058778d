import type { Child } from "../process/child.ts";
import { client } from "../process/client.ts";
import { freePort, listening } from "../process/ports.ts";
import { startFolder } from "../process/start_folder.ts";
import type { Stage } from "../stage.ts";
import type { Rival, RunningRival } from "../suite.ts";
import { appAddresses } from "./app_addresses.ts";

const START_TIMEOUT_MS = 10_000;

/** More than any scenario opens. HAProxy wants descriptors for all of them at its start, with splice 2.5 each. */
const MAX_CONNECTIONS = 6_000;

const SPLICE = {
  auto: ["  option splice-auto"],
  always: ["  option splice-request", "  option splice-response"],
};

/** How an HAProxy differs from the usual one. */
export interface HaproxyOptions {
  readonly name: string;
  /**
   * `tcp` unless given. In HTTP mode it keeps connections open on both sides, and takes any that is idle for the next request,
   * as the others do.
   */
  readonly mode?: "tcp" | "http";
  /** 1 unless given. */
  readonly threads?: number;
  /**
   * Whether the kernel moves the bytes: not at all unless given, of connections for which HAProxy finds it worth it
   * (`option splice-auto`), which may be none as system calls show, or always.
   */
  readonly splice?: keyof typeof SPLICE;
  /**
   * Its usual log, a line for each connection, sent to a syslog server over UDP. A unix socket queues ten lines, or what
   * `net.unix.max_dgram_qlen` says, and HAProxy drops what exceeds that: the log would cost the less the slower its reader is.
   */
  readonly hasLog?: boolean;
}

/** HAProxy, its defaults otherwise. */
export function haproxy(options: HaproxyOptions): Rival {
  return { name: options.name, start: (stage, apps = 1) => start(stage, options, apps) };
}

async function start(stage: Stage, options: HaproxyOptions, apps: number): Promise<RunningRival> {
  const { name, hasLog = false } = options;
  const port = freePort();
  const folder = startFolder(stage, name);
  const reader = hasLog ? await startLogReader(stage, name) : null;
  const config = `${folder}/haproxy.cfg`;
  const sections = appAddresses(port, apps).map((address, index) =>
    section(address, index, stage.backendPort)
  );
  Deno.writeTextFileSync(config, [...globals(options, reader?.port), ...sections, ""].join("\n"));
  const child = stage.children.start({
    name,
    command: "haproxy",
    args: ["-db", "-f", config],
    core: stage.cores.proxy,
    folder,
  });
  await listening(child, port, START_TIMEOUT_MS);
  return { child, port, companions: reader === null ? [] : [reader.child] };
}

function globals(
  { mode = "tcp", threads = 1, splice }: HaproxyOptions,
  logPort: number | undefined,
): string[] {
  const hasLog = logPort !== undefined;
  return [
    "global",
    `  nbthread ${threads}`,
    `  maxconn ${MAX_CONNECTIONS}`,
    ...(hasLog ? [`  log 127.0.0.1:${logPort} local0`] : []),
    "defaults",
    `  mode ${mode}`,
    "  timeout connect 5s",
    "  timeout client 10m",
    "  timeout server 10m",
    ...(mode === "http" ? ["  http-reuse always"] : []),
    ...(splice === undefined ? [] : SPLICE[splice]),
    ...(hasLog ? ["  log global", `  option ${mode}log`] : []),
  ];
}

function section(address: string, index: number, backendPort: number): string {
  return `listen bench-${index}
  bind ${address} backlog 4096
  server backend 127.0.0.1:${backendPort}`;
}

/** Who reads the log, and its port on 127.0.0.1. */
async function startLogReader(
  stage: Stage,
  of: string,
): Promise<{ readonly child: Child; readonly port: number }> {
  const options = client(stage, { name: `log reader of ${of}`, file: "read_log.ts", args: [] });
  const child = stage.children.start(options);
  return { child, port: Number(await child.firstLine(START_TIMEOUT_MS)) };
}
