import type { Engine } from "../../engine/engine.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { CloseReason } from "../../model/close_reason.ts";
import type { AttemptSpan, ServerSpan } from "./server_span.ts";
import type { TraceFacts } from "./trace_record.ts";
import type { Tracer } from "./tracer.ts";

/** The spans of a TCP session: that of an attempt lasts until the target is connected to, or could not be. */
export class ConnectSpans {
  #attempt: AttemptSpan | null = null;

  private constructor(private readonly span: ServerSpan, private readonly engine: Engine) {}

  /** @returns null where the session is not recorded. */
  static begin(tracer: Tracer, engine: Engine): ConnectSpans | null {
    const span = tracer.session();
    return span === null ? null : new ConnectSpans(span, engine);
  }

  /** A target is connected to. */
  attempted(target: string): void {
    this.#attempt = this.span.attempt(target, this.engine.now());
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
    return { span: this.span, startedAt, endedAt, localAddr: formatAddress(local), head: null };
  }
}
