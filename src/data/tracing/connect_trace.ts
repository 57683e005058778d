import type { Engine } from "../../engine/engine.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { CloseReason } from "../../model/close_reason.ts";
import type { Attempt, Trace } from "./trace.ts";
import type { TraceFacts } from "./trace_record.ts";
import type { Tracer } from "./tracer.ts";

/** The trace of a TCP session: each of its attempts lasts until the target is connected to, or could not be. */
export class ConnectTrace {
  #attempt: Attempt | null = null;

  private constructor(private readonly trace: Trace, private readonly engine: Engine) {}

  /** @returns null where the session is not recorded. */
  static begin(tracer: Tracer, engine: Engine): ConnectTrace | null {
    const trace = tracer.session();
    return trace === null ? null : new ConnectTrace(trace, engine);
  }

  /** A target is connected to. */
  attempted(target: string): void {
    this.#attempt = this.trace.attempt(target, this.engine.now());
  }

  /** The target took the connection. */
  connected(address: SocketAddress): void {
    if (this.#attempt === null) return;
    this.#attempt.address = formatAddress(address);
    this.#attempt.end(this.engine.now());
  }

  /** The target could not be connected to. @param address tried last. */
  failed(error: string, address: SocketAddress | undefined): void {
    if (this.#attempt === null) return;
    if (address !== undefined) this.#attempt.address = formatAddress(address);
    this.#attempt.failed(error, this.engine.now());
  }

  /** What there is to tell at the session's end. An attempt under way ended for the same reason. */
  ended(reason: CloseReason, startedAt: number, local: SocketAddress): TraceFacts {
    const endedAt = this.engine.now();
    const isConnecting = this.#attempt !== null && this.#attempt.endedAt === null;
    if (isConnecting) this.#attempt?.failed(reason, endedAt);
    return { trace: this.trace, startedAt, endedAt, localAddr: formatAddress(local), head: null };
  }
}
