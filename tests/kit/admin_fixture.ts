import { AdminServer } from "../../src/control/admin/server.ts";
import type { SeatLimits } from "../../src/control/admin/serving/seats.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { Status } from "../../src/control/daemon/status.ts";
import { adminSource } from "./admin_source.ts";
import { LogLines } from "./log_lines.ts";

/** An admin server on a loopback port, or where a test wants it, over a status without apps. */
export class AdminFixture implements AsyncDisposable {
  readonly log = new LogLines();
  readonly server: AdminServer;

  constructor(limits: Partial<SeatLimits> = {}) {
    const status = { apps: [], names: [], ready: true } as Partial<Status> as Status;
    this.server = new AdminServer(adminSource(() => status), this.log.log, systemClock, undefined, limits);
  }

  /** Listens on a port of the system's choice. */
  static async start(limits: Partial<SeatLimits> = {}): Promise<AdminFixture> {
    const fixture = new AdminFixture(limits);
    await fixture.server.configure({ listen: { host: "127.0.0.1", port: 0 } });
    return fixture;
  }

  /** Where it listens. */
  get port(): number {
    return this.server.addresses[0]?.port ?? 0;
  }

  /** A connection to it. */
  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

/** Sends text on a connection. */
export async function sendText(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

/** All that comes until the other side closes, or resets the connection. */
export async function readToEnd(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(16 * 1024);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return text;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  } catch {
    return text;
  }
}
