import type { RequestView } from "../../../strategy/mod.ts";
import { RequestHead } from "../codec/request_head.ts";
import { DEFAULT_HTTP_LIMITS } from "../codec/http_limits.ts";

const QUERY = "?";

/**
 * A request's head as strategies see it. One for all requests of a thread, since a choice is made at once; and nothing is
 * made of the head until a strategy asks for it.
 */
export class HeadView implements RequestView {
  #head = new RequestHead(DEFAULT_HTTP_LIMITS);

  /** Shows that head from now on. */
  of(head: RequestHead): this {
    this.#head = head;
    return this;
  }

  get method(): string {
    return this.#head.method;
  }

  get path(): string {
    const { pathStart, targetEnd } = this.#head;
    const text = this.#head.slice(pathStart, targetEnd);
    const query = text.indexOf(QUERY);
    return (query < 0 ? text : text.slice(0, query)) || "/";
  }

  get host(): string {
    return this.#head.authority;
  }

  query(name: string): string | null {
    const { pathStart, targetEnd } = this.#head;
    const text = this.#head.slice(pathStart, targetEnd);
    const query = text.indexOf(QUERY);
    return query < 0 ? null : new URLSearchParams(text.slice(query + 1)).get(name);
  }

  header(name: string): string | null {
    return this.#head.get(name);
  }

  /** Several Cookie lines are one list; the first cookie of the name counts (RFC 6265 section 5.4 puts the best first). */
  cookie(name: string): string | null {
    const text = this.#head.get("cookie");
    if (text === null) return null;
    for (const part of text.split(/[;,]/)) {
      const equals = part.indexOf("=");
      if (equals >= 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
    }
    return null;
  }
}
