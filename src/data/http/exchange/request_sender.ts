import type { Connection } from "../../../engine/engine.ts";
import type { AttemptSpan } from "../../tracing/server_span.ts";
import { MERGE_MAX_BYTES } from "../http_shared.ts";
import type { EndpointRoute } from "../policy/endpoint_route.ts";
import type { ProxiedRequest } from "./proxied_request.ts";

/** Sends one request on one connection: its head at once, its body as it comes. */
export class RequestSender {
  /** `engine.now()` since when the endpoint takes no more, null while it does. */
  blockedSince: number | null = null;
  /** Bytes written. */
  bytes = 0;
  /** Bytes of the body that were written. */
  #position = 0;

  constructor(private readonly request: ProxiedRequest, private readonly connection: Connection) {}

  /** Whether the endpoint would take more of the body now. */
  get takesBody(): boolean {
    return this.blockedSince === null;
  }

  /** The endpoint has the request whole. */
  get isDone(): boolean {
    const { body } = this.request;
    return body.complete && this.#position === body.end && this.blockedSince === null;
  }

  /**
   * Sends the head, and what has come of the body: in one write where that is small. Once.
   * @param attempt of its trace, null where nothing is traced.
   * @param prologue what the connection begins with, null where nothing comes before the request.
   */
  start(route: EndpointRoute, attempt: AttemptSpan | null, prologue: Uint8Array | null): void {
    const { client: { context, forwardedHead }, head, body, http, expectsContinue } = this.request;
    const { toEndpoint } = context.http;
    const out = toEndpoint.for(this);
    if (prologue !== null) out.append(prologue);
    const keepExpect = expectsContinue && body.end === 0;
    forwardedHead.write(out, head, route, http.requestPolicy, keepExpect, attempt);
    const start = body.from(0);
    const isSmall = start.length > 0 && out.length + start.length <= MERGE_MAX_BYTES;
    if (isSmall) {
      out.append(start);
      this.#position = body.end;
      body.taken();
    }
    this.#write(out.view());
    toEndpoint.clear();
    if (!isSmall) this.sendBody();
  }

  /** Sends what has come of the body and is held. */
  sendBody(): void {
    const { body } = this.request;
    if (this.#position < body.end) this.#write(body.from(this.#position));
    this.#position = body.end;
    body.taken();
  }

  /** Sends a part of the body that is not held. @returns false when parts that are held come before it. */
  passBody(part: Uint8Array): boolean {
    if (this.#position !== this.request.body.end) return false;
    this.#position += part.length;
    this.#write(part);
    return true;
  }

  #write(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    if (!this.connection.write(bytes)) this.blockedSince ??= this.request.client.context.engine.now();
  }
}
