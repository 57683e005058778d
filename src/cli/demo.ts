import { Command } from "commander";
import { systemClock } from "../base/clock.ts";
import { errorMessage } from "../base/errors.ts";
import type { Status } from "../control/daemon/status.ts";
import { startDummyServer } from "../tools/dummy_server.ts";
import { startEchoServer } from "../tools/echo_server.ts";
import type { SocketAddress } from "../model/address.ts";
import { parseTargetAddress } from "../model/host_port.ts";
import { type DemoTargets, loadTargets } from "./demo_targets.ts";
import type { Io } from "./io.ts";
import { configFile, run } from "./run.ts";

/** Connections that the demonstration makes to each app. */
const CONNECTIONS = 6;
/** A reply that does not come within this time is shown as missing. */
const REPLY_TIMEOUT_MS = 5_000;

interface DemoFlags {
  readonly config: string;
}

/** A built-in target. */
interface Target {
  close(): Promise<void>;
}

/** `fproxy demo`: the proxy on a config whose targets are servers in this process, and a look at the balancing. */
export function demoCommand(io: Io): Command {
  return new Command("demo")
    .description("Runs the proxy with built-in targets and shows how it balances")
    .requiredOption(
      "-c, --config <file>",
      "config file; its targets on loopback addresses are served by this program",
    )
    .action(async (flags: DemoFlags) => {
      Deno.exitCode = await demo(flags.config, io);
    });
}

async function demo(configPath: string, io: Io): Promise<number> {
  const targets = await loadTargets(configPath);
  const servers = startTargets(targets, io);
  try {
    const onReady = (status: Status): void => void show(status, targets, configPath, io);
    return await run({ subscriber: configFile(configPath), onReady }, io);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

function startTargets({ echo, http }: DemoTargets, io: Io): Target[] {
  const start = (target: string, serve: (listen: SocketAddress) => Target): Target[] => {
    const { host, port } = parseTargetAddress(target);
    try {
      return [serve({ ip: host, port })];
    } catch (error) {
      io.stderr(`demo: no target on ${target}: ${errorMessage(error)}\n`);
      return [];
    }
  };
  return [
    ...echo.flatMap((target) => start(target, (listen) => startEchoServer({ listen, name: target }))),
    ...http.flatMap((target) =>
      start(target, (listen) => startDummyServer({ listen, delayResponding: false, randomErrors: false }))
    ),
  ];
}

async function show(status: Status, { httpApps }: DemoTargets, configPath: string, io: Io): Promise<void> {
  const examples = new Set<string>();
  for (const app of status.apps) {
    const address = app.listeners.find((listener) => listener.bound)?.address;
    if (address === undefined) continue;
    const isHttp = httpApps.has(app.name);
    const at = address.lastIndexOf(":");
    const [host, port] = [address.slice(0, at), address.slice(at + 1)];
    const example = isHttp ? `curl http://${address}/` : `echo hello | nc -N ${host} ${port}`;
    if (![...examples].some((one) => one.startsWith(example.slice(0, 4)))) examples.add(example);
    io.stderr(`\n${app.name} on ${address}, strategy ${app.strategy}:\n`);
    const what = isHttp ? "request" : "connection";
    for (let i = 1; i <= CONNECTIONS; i++) io.stderr(`  ${what} ${i}: ${await ask(address, isHttp)}\n`);
  }
  io.stderr("\n");
  for (const example of examples) io.stderr(`Try it:    ${example}\n`);
  io.stderr(`Change it: edit ${configPath}; it is taken over as soon as it is saved\nStop it:   Ctrl-C\n\n`);
}

/** What one connection through the proxy gets back for "hello", or for a request. */
async function ask(address: string, isHttp: boolean): Promise<string> {
  const { host, port } = parseTargetAddress(address);
  const text = isHttp ? `GET / HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n` : "hello";
  let cancel = (): void => {};
  try {
    using connection = await Deno.connect({ hostname: host === "0.0.0.0" ? "127.0.0.1" : host, port });
    // Closing under a pending read ends it: a silent target cannot hold the demonstration up.
    cancel = systemClock.timer(REPLY_TIMEOUT_MS, () => connection.close());
    await connection.write(new TextEncoder().encode(text));
    const reply = await read(connection, isHttp);
    return reply === ""
      ? "closed without a reply"
      : isHttp
      ? reply.slice(reply.lastIndexOf("\n") + 1)
      : reply;
  } catch (error) {
    return errorMessage(error);
  } finally {
    cancel();
  }
}

/** What comes first, or everything up to the end. */
async function read(connection: Deno.Conn, toEnd: boolean): Promise<string> {
  const buffer = new Uint8Array(4096);
  const decoder = new TextDecoder();
  let text = "";
  do {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  } while (toEnd);
  return text;
}
