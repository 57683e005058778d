import type { FakeConnection } from "../../../../kit/fake_connection.ts";
import { chunks } from "../http_world.ts";

/** Makes choices; every test run makes its own from a seed. */
export interface Chooser {
  /** 0 up to, but not, `count`. */
  below(count: number): number;
  /** One of them. */
  of<T>(items: readonly T[]): T;
}

/** What a client asks for. */
export interface WireRequest {
  readonly id: string;
  readonly method: string;
  readonly minorVersion: 0 | 1;
  readonly isUpgrade: boolean;
  readonly body: string;
  readonly isChunked: boolean;
  readonly hasTrailer: boolean;
  /** As it goes over the wire. */
  readonly text: string;
}

/** What an endpoint answers. */
export interface WireAnswer {
  readonly endpoint: number;
  readonly id: string;
  readonly body: string;
  /** False where its endpoint breaks off. */
  readonly isWhole: boolean;
  /** The endpoint's FIN, or RST, is needed to end it. */
  readonly ending: "none" | "fin" | "reset";
  readonly text: string;
}

/** A client, what it asked for, and what it got. */
export interface WireClient {
  readonly connection: FakeConnection;
  readonly requests: WireRequest[];
  /** Of its requests, not sent yet. */
  queue: string;
  received: string;
  /** It sends and takes nothing more: it ended, or is a tunnel. */
  isOver: boolean;
  /** It sent its FIN or RST. */
  hasLeft: boolean;
}

const METHODS = ["GET", "GET", "HEAD", "PUT", "POST", "OPTIONS", "DELETE"];
const STATUSES = [200, 200, 200, 204, 304, 404, 500, 503];

/** Any request that is right, its body made of its id. */
export function anyRequest(choose: Chooser, id: string): WireRequest {
  const method = choose.of(METHODS);
  const minorVersion = choose.below(6) === 0 ? 0 : 1;
  const isUpgrade = method === "GET" && minorVersion === 1 && choose.below(8) === 0;
  const hasBody = method === "PUT" || method === "POST";
  const body = `${id};`.repeat(200).slice(0, hasBody ? choose.of([1, 30, 90, 150, 400]) : 0);
  const isChunked = hasBody && minorVersion === 1 && choose.below(2) === 0;
  const hasTrailer = isChunked && choose.below(2) === 0;
  const fields = ["Host: web.test"];
  if (choose.below(6) === 0) fields.push("Connection: close");
  if (isUpgrade) fields.push("Connection: Upgrade", "Upgrade: echo");
  if (hasBody && choose.below(4) === 0) fields.push("Expect: 100-continue");
  if (isChunked) fields.push("Transfer-Encoding: chunked");
  else if (hasBody) fields.push(`Content-Length: ${body.length}`);
  const wire = isChunked ? `${chunked(choose, body)}0\r\n${hasTrailer ? `X-T: ${id}\r\n` : ""}\r\n` : body;
  const target = choose.below(8) === 0 ? `http://abs.test/${id}` : `/${id}`;
  const text = `${method} ${target} HTTP/1.${minorVersion}\r\n${fields.join("\r\n")}\r\n\r\n${wire}`;
  return { id, method, minorVersion, isUpgrade, body, isChunked, hasTrailer, text };
}

/** Any final answer to a request, broken ones included; its body is made of endpoint, request and number. */
export function anyAnswer(
  choose: Chooser,
  request: WireRequest,
  endpoint: number,
  number: number,
): WireAnswer {
  const status = choose.of(STATUSES);
  const minorVersion = choose.below(5) === 0 ? 0 : 1;
  const framing = choose.of(minorVersion === 1 ? ["length", "chunked", "close"] : ["length", "close"]);
  const hasBody = request.method !== "HEAD" && status !== 204 && status !== 304;
  const body = `${endpoint}:${request.id}:${number};`.repeat(1 + choose.below(40));
  const fields = [`X-E: ${endpoint}:${request.id}`];
  if (choose.below(6) === 0) fields.push("Connection: close");
  if (framing === "length" && status !== 204) fields.push(`Content-Length: ${body.length}`);
  if (framing === "chunked" && hasBody) fields.push("Transfer-Encoding: chunked");
  const end = choose.below(3) === 0 ? "0\r\nX-T: 1\r\n\r\n" : "0\r\n\r\n";
  const wire = !hasBody ? "" : framing === "chunked" ? `${chunked(choose, body)}${end}` : body;
  const head = `HTTP/1.${minorVersion} ${status} R\r\n${fields.join("\r\n")}\r\n\r\n`;
  const text = anyLineEnds(choose, head) + wire;
  const facts = { endpoint, id: request.id, body: hasBody ? body : "" };
  const isBroken = choose.below(8) === 0;
  if (framing === "close" && hasBody) {
    return { ...facts, isWhole: !isBroken, ending: isBroken ? "reset" : "fin", text };
  }
  if (isBroken) {
    return { ...facts, isWhole: false, ending: "fin", text: text.slice(0, choose.below(text.length)) };
  }
  const isPushed = hasBody && choose.below(10) === 0;
  return { ...facts, isWhole: true, ending: "none", text: isPushed ? `${text}${PUSHED}` : text };
}

/** Some endpoints write LF alone at the end of some lines of a head. */
export function anyLineEnds(choose: Chooser, head: string): string {
  if (choose.below(3) > 0) return head;
  return head.replaceAll("\r\n", (both) => choose.below(2) === 0 ? both : "\n");
}

/** What nobody asked for, behind an answer. */
export const PUSHED = "HTTP/1.1 200 OK\r\nX-E: pushed\r\nContent-Length: 6\r\n\r\npushed";

function chunked(choose: Chooser, body: string): string {
  let wire = "";
  for (let at = 0; at < body.length;) {
    const part = body.slice(at, at + 1 + choose.below(80));
    at += part.length;
    const [size = "", ...rest] = chunks(part).split("\r\n");
    wire += [choose.below(4) === 0 ? `${size};x=y` : size, ...rest].join("\r\n");
  }
  return wire;
}
