import type { SocketAddress } from "../../model/address.ts";
import type { RequestView } from "../../strategy/mod.ts";

/** A client that is asked about, as flags say it. */
export interface AskedClient {
  readonly client: SocketAddress;
  /** Name of the app; may be left out where there is one. */
  readonly app?: string;
  /** Where it comes to; the first listen address of the app unless given. */
  readonly listener?: SocketAddress;
  /** Milliseconds since the Unix epoch. */
  readonly wallTimeMs: number;
  /** Undefined where nothing of a request was said. */
  readonly request?: AskedRequest;
}

/** A request, as flags say it. */
export interface AskedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly host: string;
  /** As `Name: value`. */
  readonly headers: readonly string[];
}

/** What is asked for where nothing is said. */
export const PLAIN_REQUEST: AskedRequest = { method: "GET", path: "/", host: "", headers: [] };

/** The request, as strategies see it. */
export class AskedView implements RequestView {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly #query: URLSearchParams;
  readonly #headers: readonly (readonly [string, string])[];

  constructor({ method, path, host, headers }: AskedRequest) {
    const query = path.indexOf("?");
    this.method = method;
    this.path = query < 0 ? path : path.slice(0, query);
    this.#query = new URLSearchParams(query < 0 ? "" : path.slice(query + 1));
    this.#headers = headers.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    });
    this.host = host || (this.header("host") ?? "");
  }

  header(name: string): string | null {
    const values = this.#headers.filter(([own]) => own === name).map(([, value]) => value);
    return values.length === 0 ? null : values.join(", ");
  }

  query(name: string): string | null {
    return this.#query.get(name);
  }

  cookie(name: string): string | null {
    for (const part of this.header("cookie")?.split(/[;,]/) ?? []) {
      const equals = part.indexOf("=");
      if (equals >= 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
    }
    return null;
  }
}
