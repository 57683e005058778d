import assert from "node:assert/strict";
import type { HttpPolicy } from "../../../../src/model/http_policy.ts";
import type { FakeConnection } from "../../../kit/fake_connection.ts";
import type { FakeAttempt } from "../../../kit/fake_engine.ts";
import { type AccessRecord, FakeThread } from "../../../kit/fake_thread.ts";
import type { FakeMemory } from "../../../kit/fake_memory.ts";
import { httpApp, type HttpAppParts } from "../../../kit/http_snapshots.ts";

/** Board slot of the app. */
export const WEB = 1;

/** One app in HTTP mode on a data thread without sockets: the test is its clients, its endpoints and its clock. */
export class HttpWorld {
  readonly fake: FakeThread;
  readonly #parts: HttpAppParts;

  /**
   * @param http changes of the policy.
   * @param parts of the app, which has three endpoints 10.0.0.1 to 10.0.0.3.
   * @param memory to be used again: making one takes longer than most tests.
   */
  constructor(http: Partial<HttpPolicy> = {}, parts: HttpAppParts = {}, memory?: FakeMemory) {
    memory?.reset();
    this.fake = new FakeThread(memory);
    this.#parts = { ...parts, http };
    this.fake.apply([httpApp(this.#parts)]);
  }

  /** Moves time on. */
  advance(ms: number): void {
    this.fake.clock.advance(ms);
  }

  /** Rolls out the app with changes. */
  change(parts: HttpAppParts): void {
    const { http } = this.#parts;
    this.fake.apply([httpApp({ ...this.#parts, ...parts, http: { ...http, ...parts.http } })]);
  }

  /** A client connects. @param text that it sends at once. */
  client(text = ""): FakeConnection {
    const client = this.fake.client();
    client.send(text);
    return client;
  }

  /** The last attempt to connect to endpoint `n`. */
  attempt(n: number): FakeAttempt {
    const attempt = this.fake.engine.attempts.findLast(({ address }) => address.ip === `10.0.0.${n}`);
    if (attempt === undefined) throw new Error(`Endpoint ${n} was not asked`);
    return attempt;
  }

  /** Endpoint `n` accepts the last attempt. */
  open(n: number): FakeConnection {
    return this.attempt(n).open();
  }

  /** Which endpoints were connected to so far, in order. */
  get asked(): number[] {
    return this.fake.engine.attempts.map(({ address }) => Number(address.ip.split(".").at(-1)));
  }

  /** Attempts that are under way. */
  get connecting(): number[] {
    return this.fake.engine.attempts.filter(({ outcome }) => outcome === null).map(({ address }) =>
      Number(address.ip.split(".").at(-1))
    );
  }

  /** Access records so far. */
  get records(): AccessRecord[] {
    return this.fake.records();
  }

  /** The one access record so far. */
  get record(): AccessRecord {
    const { records } = this;
    assert.equal(records.length, 1, JSON.stringify(records));
    return records[0]!;
  }
}

/** A request as a client sends it. */
export function request(method = "GET", path = "/", fields: readonly string[] = [], body = ""): string {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: web.test", ...fields];
  if (body !== "") lines.push(`Content-Length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** An answer as an endpoint sends it. */
export function answer(status: number, body = "", fields: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status} ${status === 200 ? "OK" : "Reason"}`, ...fields];
  if (status !== 204 && status !== 304) lines.push(`Content-Length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Status and body of the one answer in a text. */
export function read(
  text: string,
): { readonly status: number; readonly head: string; readonly body: string } {
  const end = text.indexOf("\r\n\r\n");
  assert.ok(end >= 0, `No head in ${JSON.stringify(text)}`);
  const head = text.slice(0, end);
  return { status: Number(head.split(" ")[1]), head, body: text.slice(end + 4) };
}

/** Bytes in pieces of HTTP's chunked coding, without the last chunk. */
export function chunks(...parts: readonly string[]): string {
  return parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
}
