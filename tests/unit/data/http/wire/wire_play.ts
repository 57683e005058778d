import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../../../../src/base/random.ts";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { RequestParser } from "../../../../../src/data/http/codec/request_parser.ts";
import type { FakeMemory } from "../../../../kit/fake_memory.ts";
import type { FakeConnection } from "../../../../kit/fake_connection.ts";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { HttpWorld, WEB } from "../http_world.ts";
import { checkClient } from "./check_client.ts";
import {
  anyAnswer,
  anyLineEnds,
  anyRequest,
  type Chooser,
  type WireAnswer,
  type WireClient,
  type WireRequest,
} from "./wire_messages.ts";

/** An endpoint's connection, and the request that it has. */
interface WireServer {
  readonly connection: FakeConnection;
  readonly n: number;
  readonly parser: RequestParser;
  request: WireRequest | null;
  body: string;
  isRead: boolean;
  isAnswered: boolean;
  answer: WireAnswer | null;
  rest: string;
  isOver: boolean;
}

/** Peers of one HTTP app that do, by a seed, whatever peers do, and check every byte that they get. */
export class WirePlay implements Chooser {
  readonly #world: HttpWorld;
  readonly #random: Random;
  readonly #clients: WireClient[] = [];
  readonly #servers: WireServer[] = [];
  readonly #requests = new Map<string, WireRequest>();
  readonly #answers: WireAnswer[] = [];

  constructor(seed: number, memory: FakeMemory) {
    this.#random = seededRandom(seed);
    const maxConnections = this.of([0, 0, 1, 2]);
    const targets = [1, 2, 3].map((n) =>
      endpoint(n, { maxConnections }, { basePath: n === 2 ? "/base" : "" })
    );
    const http = {
      dispatch: this.of(["sequential", "fanout", "hedged"] as const),
      replay: this.of(["all", "idempotent"] as const),
      onExhausted: this.of(["last", 502, 500] as const),
      maxIdleConnections: this.of([0, 1, 32]),
      hedgeAfter: { delayMs: 5 },
      maxExtraLoad: 1,
      maxReplayBodyBytes: 100,
      lenientResponses: true,
    };
    this.#world = new HttpWorld(http, { targets, policy: { accessLogSample: 1 } }, memory);
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Something happens. */
  step(): void {
    const client = this.#clients.length === 0 ? undefined : this.of(this.#clients);
    const what = this.below(100);
    if (client === undefined || what < 6) this.#newClient();
    else if (what < 25) this.#ask(client);
    else if (what < 45) this.#send(client);
    else if (what < 60) this.#settleAttempt();
    else if (what < 80) this.#begin();
    else if (what < 92) this.#goOn();
    else if (what < 94) this.#leave(client);
    else if (what < 96) this.#stall();
    else this.#world.advance(this.of([0, 3, 10, 30, 1_000, 3_000, 20_000]));
    this.#listen();
  }

  /** Every peer goes; checks that nothing is left, and what the clients got. */
  finish(): void {
    for (const { connection } of [...this.#clients, ...this.#servers]) {
      if (connection.ended === null && connection.isFull) connection.drain();
    }
    this.#listen();
    const ends = this.#clients.map(({ connection }) => connection.finSent ? "close" : connection.ended);
    for (const relay of this.#world.fake.engine.relays) relay.finish("done");
    for (const { connection } of this.#clients) if (connection.ended === null) connection.fail();
    this.#listen();
    this.#world.advance(400_000);
    const { fake } = this.#world;
    fake.assertAllGone();
    assert.equal(fake.clock.pendingTimers, 0, "timers are left");
    assert.equal(fake.ended(WEB), this.#clients.length, "clients that ended");
    assert.ok(this.#servers.every(({ connection }) => connection.ended !== null), "connections are left");
    const named = this.#world.records.filter(({ path }) => path !== "");
    assert.equal(named.length, fake.sum(WEB, "requests"), "one record for each request");
    this.#clients.forEach((client, i) => checkClient(client, this.#answers, ends[i] === "close"));
  }

  #newClient(): void {
    const connection = this.#world.client();
    this.#clients.push({
      connection,
      requests: [],
      queue: "",
      received: "",
      isOver: false,
      hasLeft: false,
    });
  }

  #ask(client: WireClient): void {
    if (client.isOver || client.connection.ended !== null) return;
    const request = anyRequest(this, `q${this.#requests.size}`);
    this.#requests.set(request.id, request);
    client.requests.push(request);
    client.queue += request.text;
  }

  #send(client: WireClient): void {
    if (client.isOver || client.connection.ended !== null) return;
    const count = this.below(3) === 0 ? this.below(client.queue.length + 1) : client.queue.length;
    client.connection.send(client.queue.slice(0, count));
    client.queue = client.queue.slice(count);
  }

  #leave(client: WireClient): void {
    if (client.isOver || client.connection.ended !== null) return;
    client.isOver = true;
    client.hasLeft = true;
    if (this.below(2) === 0) client.connection.sendFin();
    else client.connection.fail();
  }

  #stall(): void {
    const open = [...this.#clients, ...this.#servers].filter(({ connection, isOver }) =>
      connection.ended === null && !isOver
    );
    if (open.length === 0) return;
    const { connection } = this.of(open);
    if (connection.isFull) connection.drain();
    else connection.isFull = true;
  }

  #settleAttempt(): void {
    const attempts = this.#world.fake.engine.attempts.filter(({ outcome }) => outcome === null);
    if (attempts.length === 0) return;
    const attempt = this.of(attempts);
    if (this.below(8) === 0) return attempt.fail();
    this.#servers.push({
      connection: attempt.open(),
      n: Number(attempt.address.ip.split(".").at(-1)),
      parser: new RequestParser(),
      request: null,
      body: "",
      isRead: false,
      isAnswered: false,
      answer: null,
      rest: "",
      isOver: false,
    });
  }

  /** An endpoint begins an answer, or says something before it. */
  #begin(): void {
    const ready = this.#servers.filter(({ connection, request, isAnswered, isOver }) =>
      connection.ended === null && request !== null && !isAnswered && !isOver
    );
    if (ready.length === 0) return;
    const server = this.of(ready);
    const { connection, request, n } = server;
    if (this.below(4) === 0) {
      const head = `HTTP/1.1 ${this.of([100, 103])} I\r\nLink: ${n}\r\n\r\n`;
      return connection.send(anyLineEnds(this, head));
    }
    server.isAnswered = true;
    if (request?.isUpgrade === true && this.below(2) === 0) {
      server.isOver = true;
      const head = "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
      return connection.send(`${anyLineEnds(this, head)}hi`);
    }
    server.answer = anyAnswer(this, request!, n, this.#answers.length);
    this.#answers.push(server.answer);
    server.rest = server.answer.text;
  }

  /** An endpoint goes on with its answer. */
  #goOn(): void {
    const busy = this.#servers.filter(({ connection, answer, isOver }) =>
      connection.ended === null && answer !== null && !isOver
    );
    if (busy.length === 0) return;
    const server = this.of(busy);
    const { connection, rest } = server;
    const count = this.below(3) === 0 ? this.below(rest.length + 1) : rest.length;
    server.rest = rest.slice(count);
    connection.send(rest.slice(0, count));
    if (server.rest !== "") return;
    const { ending } = server.answer!;
    server.answer = null;
    if (ending === "none") return;
    server.isOver = true;
    if (connection.ended !== null) return;
    if (ending === "fin") connection.sendFin();
    else connection.fail();
  }

  /** Takes in what was written to either side. */
  #listen(): void {
    for (const { client, target } of this.#world.fake.engine.relays) {
      for (const one of this.#clients) if (one.connection === client) one.isOver = true;
      for (const one of this.#servers) if (one.connection === target) one.isOver = true;
    }
    for (const client of this.#clients) client.received += client.connection.read();
    for (const server of this.#servers) {
      const text = server.connection.read();
      // What goes through a tunnel is no request.
      if (!server.isOver) this.#read(server, latin1Bytes(text));
    }
  }

  #read(server: WireServer, bytes: Uint8Array): void {
    const { parser } = server;
    for (let at = 0; at < bytes.length || (parser.complete && !server.isRead);) {
      if (server.isRead) {
        assert.ok(server.isAnswered, "a request before the answer to the one before it");
        parser.begin();
        Object.assign(server, { request: null, body: "", isRead: false, isAnswered: false });
      }
      const event = parser.parse(bytes, at);
      at = parser.position;
      assert.notEqual(event, HttpEvent.error, parser.error?.code);
      if (event === HttpEvent.head) this.#readHead(server);
      else if (event === HttpEvent.body) {
        server.body += latin1(parser.data, parser.dataStart, parser.dataEnd);
      } else if (event === HttpEvent.end) {
        server.isRead = true;
        assert.equal(server.body, server.request?.body, "a whole body");
        if (server.request?.hasTrailer === true) {
          assert.equal(parser.trailers?.get("x-t"), server.request.id);
        }
      }
    }
    assert.ok(server.request === null || server.request.body.startsWith(server.body), "a mixed body");
  }

  #readHead(server: WireServer): void {
    const { parser: { head }, n } = server;
    const id = /q\d+$/.exec(head.target)?.[0] ?? "";
    const request = this.#requests.get(id);
    assert.ok(request !== undefined, `request ${head.target}`);
    assert.equal(head.target, n === 2 ? `/base/${id}` : `/${id}`);
    assert.deepEqual([head.method, head.get("host")], [request.method, `e${n}.test`]);
    assert.equal(head.framing, request.isChunked ? "chunked" : request.body === "" ? "none" : "length");
    server.request = request;
  }
}
