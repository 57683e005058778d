import type { ByteSink } from "../../byte_sink.ts";
import { FieldId } from "../codec/field_id.ts";
import type { RequestHead } from "../codec/request_head.ts";
import { bits } from "./hop_by_hop.ts";

/**
 * What is done with fields that tell where a request came from:
 * - `replace`: what the client sent is dropped, so that nobody can pretend (default);
 * - `append`: the client is a proxy that is trusted: lists are continued, single values kept where it set them;
 * - `off`: nothing is added, nothing dropped.
 */
export type ForwardedMode = "replace" | "append" | "off";

/** The client's side of a connection. */
export interface ClientSide {
  /** The client's address literal. */
  readonly ip: string;
  /** How it reached us. */
  readonly proto: "http" | "https";
  /** Port that it reached. */
  readonly port: number;
}

const ALL = bits(
  FieldId.forwarded,
  FieldId.xForwardedFor,
  FieldId.xForwardedProto,
  FieldId.xForwardedHost,
  FieldId.xForwardedPort,
);

/**
 * Writes `Forwarded` (RFC 7239) and `X-Forwarded-For`, `-Proto`, `-Port` and `-Host` for the requests of one client
 * connection. All that does not change from request to request is made once, as strings: most connections ask little, and
 * arrays of bytes cost more to make than to write.
 */
export class ForwardedFields {
  /** Bit set of the ids that are not to be copied from the client's request. */
  readonly dropped: number;
  readonly #mode: ForwardedMode;
  readonly #client: ClientSide;
  /** From the start to the opening quote of Forwarded's host. */
  readonly #beforeHost: string;
  /** From the closing quote to the value of X-Forwarded-Host. */
  readonly #betweenHosts: string;
  /** The whole where the client named no host. */
  readonly #withoutHost: string;

  constructor(client: ClientSide, mode: ForwardedMode) {
    this.#client = client;
    this.#mode = mode;
    this.dropped = mode === "off" ? 0 : ALL;
    const element = `Forwarded: ${forwardedElement(client, "")}`;
    const rest = `X-Forwarded-For: ${client.ip}\r\nX-Forwarded-Proto: ${client.proto}\r\n` +
      `X-Forwarded-Port: ${client.port}\r\n`;
    this.#beforeHost = `${element};host="`;
    this.#betweenHosts = `"\r\n${rest}X-Forwarded-Host: `;
    this.#withoutHost = `${element}\r\n${rest}`;
  }

  /** Appends the field lines for a request. */
  write(out: ByteSink, head: RequestHead): void {
    if (this.#mode === "off") return;
    if (this.#mode === "append" && (head.seen & ALL) !== 0) return this.#writeContinued(out, head);
    const { bytes, start, authorityStart, authorityEnd } = head;
    if (authorityStart === authorityEnd) return out.text(this.#withoutHost);
    out.text(this.#beforeHost);
    out.copy(bytes, start + authorityStart, start + authorityEnd);
    out.text(this.#betweenHosts);
    out.copy(bytes, start + authorityStart, start + authorityEnd);
    out.text("\r\n");
  }

  #writeContinued(out: ByteSink, head: RequestHead): void {
    const { ip, proto, port } = this.#client;
    const host = head.authority;
    const lists = [
      ["Forwarded", forwardedElement(this.#client, host)],
      ["X-Forwarded-For", ip],
    ] as const;
    for (const [name, own] of lists) {
      const before = head.get(name.toLowerCase());
      out.text(before ? `${name}: ${before}, ${own}\r\n` : `${name}: ${own}\r\n`);
    }
    const singles = [["X-Forwarded-Proto", proto], ["X-Forwarded-Port", `${port}`], [
      "X-Forwarded-Host",
      host,
    ]] as const;
    for (const [name, own] of singles) {
      const value = head.get(name.toLowerCase()) || own;
      if (value !== "") out.text(`${name}: ${value}\r\n`);
    }
  }
}

/** One element of Forwarded; an IPv6 address is in brackets and quoted (RFC 7239 section 6), a host always quoted. */
function forwardedElement(client: ClientSide, host: string): string {
  const node = client.ip.includes(":") ? `"[${client.ip}]"` : client.ip;
  const element = `for=${node};proto=${client.proto}`;
  return host === "" ? element : `${element};host="${host}"`;
}
