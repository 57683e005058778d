import type { Clock } from "../../../base/clock.ts";
import type { SyslogAddress } from "../../../model/syslog_address.ts";
import { Persistence } from "./persistence.ts";
import type { Sink, SinkReports } from "./sink.ts";
import { connectSyslog, type SyslogConnection } from "./syslog_connection.ts";

/**
 * Sends messages to a syslog receiver, a line each. One that is away is tried again, with growing pauses; what the system
 * had taken for it by then is lost, as RFC 6587 has no acknowledgements.
 */
export class SyslogSink implements Sink {
  readonly #persistence: Persistence;
  #connection: SyslogConnection | null = null;
  #isClosed = false;

  constructor(
    private readonly address: SyslogAddress,
    private readonly clock: Clock,
    reports: SinkReports,
  ) {
    this.#persistence = new Persistence(clock, reports);
  }

  write(lines: Uint8Array): Promise<number> {
    return this.#persistence.run(() => this.#send(lines));
  }

  close(): void {
    this.#isClosed = true;
    this.#persistence.close();
    this.#disconnect();
  }

  async #send(lines: Uint8Array): Promise<number> {
    if (this.#connection?.isOver === true) this.#disconnect();
    const connection = this.#connection ??= await this.#connect();
    try {
      return await connection.send(lines);
    } catch (error) {
      this.#disconnect();
      throw error;
    }
  }

  async #connect(): Promise<SyslogConnection> {
    const connection = await connectSyslog(this.address, this.clock);
    if (this.#isClosed) connection.close();
    return connection;
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}
