import type { ByteSink } from "../../byte_sink.ts";
import type { AttemptSpan } from "../../tracing/server_span.ts";
import type { RequestHead } from "../codec/request_head.ts";
import type { EndpointRoute } from "./endpoint_route.ts";
import { type RequestPolicy, writeForwardedRequest } from "./forward_request.ts";
import type { ForwardedFields } from "./forwarded_fields.ts";

/** Longer ones are made anew each time, so that a connection holds little. */
const MAX_KEPT_BYTES = 1024;

/**
 * Heads that endpoints get for the requests of one client connection. Many clients ask the same again and again: from the
 * second such request on, what was made for the endpoint is kept, and written as it is.
 */
export class ForwardedHead {
  #bytes: Uint8Array | null = null;
  #edition = -1;
  #route: EndpointRoute | null = null;
  #policy: RequestPolicy | null = null;
  #lastEdition = -1;

  /** @param forwarded the client's own, for all of its requests. */
  constructor(private readonly forwarded: ForwardedFields) {}

  /** Appends what {@link writeForwardedRequest} does. */
  write(
    out: ByteSink,
    head: RequestHead,
    route: EndpointRoute,
    policy: RequestPolicy,
    keepExpect: boolean,
    attempt: AttemptSpan | null,
  ): void {
    const { forwarded } = this;
    const isKnown = head.edition === this.#edition;
    // A trace writes other numbers into each head, and whether `Expect` goes along depends on the body.
    if (keepExpect || attempt !== null) {
      return writeForwardedRequest(out, head, route, forwarded, policy, keepExpect, attempt);
    }
    if (isKnown && route === this.#route && policy === this.#policy) return out.append(this.#bytes!);
    const from = out.length;
    writeForwardedRequest(out, head, route, forwarded, policy, false, null);
    // Of several endpoints the first one's is kept: to make copies in turn would cost more than it saves.
    if (head.edition === this.#lastEdition && (!isKnown || policy !== this.#policy)) {
      this.#keep(out, from, head, route, policy);
    }
    this.#lastEdition = head.edition;
  }

  #keep(out: ByteSink, from: number, head: RequestHead, route: EndpointRoute, policy: RequestPolicy): void {
    if (out.length - from > MAX_KEPT_BYTES) return;
    this.#bytes = out.bytes.slice(from, out.length);
    this.#edition = head.edition;
    this.#route = route;
    this.#policy = policy;
  }
}
