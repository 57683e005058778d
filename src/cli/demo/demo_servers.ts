import type { SocketAddress } from "../../model/address.ts";
import { parseTargetAddress } from "../../model/host_port.ts";
import { startDummyServer } from "../../tools/dummy_server.ts";
import { startEchoServer } from "../../tools/echo_server.ts";
import type { DemoConfig } from "./demo_config.ts";

/** A server while it runs. */
interface Running {
  close(): Promise<void>;
}

/** What the built-in targets are, and how one is started. */
interface Server {
  start(listen: SocketAddress): Running;
  /** Null while it is stopped. */
  running: Running | null;
}

/** The built-in targets, each of which can be stopped and started again. */
export class DemoServers {
  readonly #servers = new Map<string, Server>();

  /** Starts them. @param onFailure told of each that cannot be, which is left out. */
  constructor({ echo, http }: DemoConfig, onFailure: (address: string, error: unknown) => void) {
    for (const name of echo) {
      this.#add(name, (listen) => startEchoServer({ listen, name }), onFailure);
    }
    for (const label of http) {
      const behaviour = { delayResponding: false, randomErrors: false, label };
      this.#add(label, (listen) => startDummyServer({ listen, ...behaviour }), onFailure);
    }
  }

  /** Whether there is one for this address, running or stopped. */
  has(address: string): boolean {
    return this.#servers.has(address);
  }

  /** Whether the one for this address is stopped. */
  isStopped(address: string): boolean {
    return this.#servers.get(address)?.running === null;
  }

  /** Stops a server, whose address then refuses connections, or starts it again. @throws when it cannot be started. */
  async toggle(address: string): Promise<void> {
    const server = this.#servers.get(address);
    if (server === undefined) return;
    const { running } = server;
    server.running = running === null ? server.start(addressOf(address)) : null;
    await running?.close();
  }

  /** Stops all. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(({ running }) => running?.close()));
  }

  #add(
    address: string,
    start: Server["start"],
    onFailure: (address: string, error: unknown) => void,
  ): void {
    try {
      this.#servers.set(address, { start, running: start(addressOf(address)) });
    } catch (error) {
      onFailure(address, error);
    }
  }
}

function addressOf(text: string): SocketAddress {
  const { host, port } = parseTargetAddress(text);
  return { ip: host, port };
}
