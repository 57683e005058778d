import fc from "fast-check";
import assert from "node:assert/strict";
import { HttpEvent } from "../../../../src/data/http/codec/http_event.ts";
import { latin1, latin1Bytes } from "../../../../src/data/http/codec/latin1.ts";
import { ResponseParser } from "../../../../src/data/http/codec/response_parser.ts";
import type { FakeConnection } from "../../../kit/fake_connection.ts";
import { FakeMemory } from "../../../kit/fake_memory.ts";
import { endpoint } from "../../../kit/http_snapshots.ts";
import { chunks, HttpWorld, request, WEB } from "./http_world.ts";

/** Anything that can happen to a data thread with HTTP clients; numbers choose among what is there at that time. */
type Happening =
  | { readonly type: "client" }
  | { readonly type: "request"; readonly which: number; readonly body: number; readonly cut: number }
  | {
    readonly type: "open" | "refuse" | "fin" | "reset" | "client_fin" | "client_reset";
    readonly which: number;
  }
  | { readonly type: "full" | "drain" | "endpoint_full" | "endpoint_drain"; readonly which: number }
  | { readonly type: "answer"; readonly which: number; readonly status: number; readonly how: number }
  | { readonly type: "go_on"; readonly which: number }
  | { readonly type: "advance"; readonly ms: number }
  | { readonly type: "apply"; readonly targets: number };

const which = fc.nat(30);
const simple = fc.constantFrom(
  "fin",
  "reset",
  "client_fin",
  "client_reset",
  "full",
  "endpoint_full",
) as fc.Arbitrary<
  "fin" | "reset" | "client_fin" | "client_reset" | "full" | "endpoint_full"
>;
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant("client" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("request" as const),
      which,
      body: fc.constantFrom(0, 0, 0, 5, 300),
      cut: fc.nat(400),
    }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("open" as const), which }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("refuse" as const), which }) },
  { weight: 2, arbitrary: fc.record({ type: simple, which }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom("drain" as const, "endpoint_drain" as const), which }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("answer" as const),
      which,
      status: fc.constantFrom(100, 103, 200, 200, 404, 500, 503),
      how: fc.nat(7),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("go_on" as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("advance" as const),
      ms: fc.constantFrom(0, 10, 3_000, 20_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("apply" as const), targets: fc.nat(3) }) },
);

const TARGETS = [
  [endpoint(1), endpoint(2), endpoint(3)],
  [endpoint(1)],
  [endpoint(2), endpoint(3, { backup: true })],
  [],
];

/** A client and what it asked for, in order. */
interface Asker {
  readonly connection: FakeConnection;
  readonly paths: string[];
  text: string;
}

/** An endpoint's connection: which request it has and has not answered, and the rest of its answer. */
interface Answerer {
  readonly connection: FakeConnection;
  readonly n: number;
  path: string | null;
  rest: string;
}

const memory = new FakeMemory();

/** Plays the peers of one world and checks what each is told. */
class Play {
  readonly world: HttpWorld;
  readonly #askers: Asker[] = [];
  readonly #answerers: Answerer[] = [];
  #count = 0;

  constructor(dispatch: "sequential" | "fanout" | "hedged", replay: "all" | "idempotent") {
    const policy = { accessLogSample: 1, idleTimeoutMs: 60_000 };
    this.world = new HttpWorld({ dispatch, replay, hedgeAfter: { delayMs: 5 }, maxReplayBodyBytes: 100 }, {
      policy,
    }, memory);
  }

  run(one: Happening): void {
    switch (one.type) {
      case "client":
        this.#askers.push({ connection: this.world.client(), paths: [], text: "" });
        break;
      case "advance":
        this.world.advance(one.ms);
        break;
      case "apply":
        this.world.change({ targets: TARGETS[one.targets]! });
        break;
      case "open":
      case "refuse":
        this.#settle(one.which, one.type);
        break;
      case "request":
      case "client_fin":
      case "client_reset":
      case "full":
      case "drain":
        this.#ask(one);
        break;
      default:
        this.#answer(one);
    }
    this.#listen();
  }

  /** Every client goes; then nothing may be left. */
  finish(): void {
    for (const { connection } of this.#askers) if (connection.ended === null) connection.fail();
    this.#listen();
    this.world.advance(200_000);
    const active = [WEB, 101, 102, 103].map((slot) => this.world.fake.sum(slot, "held"));
    assert.deepEqual([this.world.fake.open, ...active], [0, 0, 0, 0, 0]);
    assert.equal(this.world.fake.clock.pendingTimers, 0, "timers are left");
    assert.equal(this.world.fake.ended(WEB), this.#askers.length);
    assert.deepEqual(
      this.#answerers.filter(({ connection }) => connection.ended === null),
      [],
      "connections are left",
    );
    const { records } = this.world;
    const requests = this.world.fake.sum(WEB, "requests");
    assert.equal(records.filter(({ path }) => path !== "").length, requests, "one record for each request");
    this.#checkTimes();
    for (const asker of this.#askers) checkAnswers(asker);
  }

  /** Each connection and request is in its histogram once. */
  #checkTimes(): void {
    const { world: { fake, records } } = this;
    const connected = [101, 102, 103].reduce((sum, slot) => sum + fake.sum(slot, "connections"), 0);
    const answered = records.filter((record) => record.first_byte_ms !== null).length;
    assert.deepEqual(
      (["connection", "request", "connect", "firstByte"] as const).map((name) => fake.took(WEB, name)),
      [this.#askers.length, fake.sum(WEB, "requests"), connected, answered],
    );
  }

  #settle(number: number, how: "open" | "refuse"): void {
    const attempts = this.world.fake.engine.attempts.filter(({ outcome }) => outcome === null);
    const attempt = attempts[number % Math.max(1, attempts.length)];
    if (attempt === undefined) return;
    if (how === "refuse") return attempt.fail();
    const n = Number(attempt.address.ip.split(".").at(-1));
    this.#answerers.push({ connection: attempt.open(), n, path: null, rest: "" });
  }

  #ask(one: Extract<Happening, { which: number }>): void {
    const open = this.#askers.filter(({ connection }) => connection.ended === null);
    const asker = open[one.which % Math.max(1, open.length)];
    if (asker === undefined) return;
    if (one.type === "client_fin") asker.connection.sendFin();
    else if (one.type === "client_reset") asker.connection.fail();
    else if (one.type === "full") asker.connection.isFull = true;
    else if (one.type === "drain") {
      if (asker.connection.isFull) asker.connection.drain();
    } else if (one.type === "request") {
      const path = `/p${this.#count++}`;
      asker.paths.push(path);
      const method = one.body === 0 ? "GET" : one.cut % 2 === 0 ? "PUT" : "POST";
      const text = request(method, path, [], "b".repeat(one.body));
      asker.connection.send(text.slice(0, one.cut));
      if (asker.connection.ended === null) asker.connection.send(text.slice(one.cut));
    }
  }

  #answer(one: Extract<Happening, { which: number }>): void {
    const open = this.#answerers.filter(({ connection, path }) =>
      connection.ended === null && (one.type !== "answer" || path !== null)
    );
    const answerer = open[one.which % Math.max(1, open.length)];
    if (answerer === undefined) return;
    const { connection } = answerer;
    if (one.type === "fin") connection.sendFin();
    else if (one.type === "reset") connection.fail();
    else if (one.type === "endpoint_full") connection.isFull = true;
    else if (one.type === "endpoint_drain") {
      if (connection.isFull) connection.drain();
    } else if (one.type === "go_on") {
      const { rest } = answerer;
      answerer.rest = "";
      connection.send(rest);
    } else if (one.type === "answer" && answerer.path !== null) {
      const text = answerText(one.status, one.how, `${answerer.n}:${answerer.path};`.repeat(20));
      if (one.status >= 200) answerer.path = null;
      const cut = one.how % 3 === 0 ? text.length : Math.floor(text.length / (one.how % 3 + 1));
      answerer.rest = text.slice(cut);
      connection.send(text.slice(0, cut));
    }
  }

  /** Takes in what was written to either side. */
  #listen(): void {
    for (const answerer of this.#answerers) {
      const text = answerer.connection.read();
      const paths = [...text.matchAll(/^(?:GET|PUT|POST) (\/p\d+) /gm)].map((match) => match[1]!);
      assert.ok(paths.length <= 1, "two requests on one connection at once");
      if (paths[0] === undefined) continue;
      assert.equal(answerer.path, null, "a request before the last answer");
      answerer.path = paths[0];
    }
    for (const asker of this.#askers) asker.text += asker.connection.read();
  }
}

function answerText(status: number, how: number, body: string): string {
  const start = `HTTP/1.1 ${status} Reason\r\n`;
  if (status < 200) return `${start}\r\n`;
  if (how % 2 === 0) return `${start}Content-Length: ${body.length}\r\n\r\n${body}`;
  return `${start}Transfer-Encoding: chunked\r\n\r\n${chunks(body.slice(0, 30), body.slice(30))}0\r\n\r\n`;
}

/** The answers are to the requests, in their order, and each is of one endpoint alone. */
function checkAnswers({ text, paths }: Asker): void {
  const bytes = latin1Bytes(text);
  const parser = new ResponseParser();
  let at = 0;
  for (let answers = 0; at < bytes.length; answers++) {
    parser.begin({ toHead: false, upgrade: false });
    let body = "";
    for (let event = parser.parse(bytes, at); event !== HttpEvent.end; event = parser.parse(bytes, at)) {
      at = parser.position;
      if (event === HttpEvent.needMore) break;
      assert.notEqual(event, HttpEvent.error, parser.error?.code);
      if (event === HttpEvent.body) body += latin1(parser.data, parser.dataStart, parser.dataEnd);
    }
    at = Math.max(at, parser.position);
    if (body.startsWith("{")) continue;
    const label = /^(\d):(\/p\d+);/.exec(body);
    if (label === null) continue;
    assert.equal(label[2], paths[answers], "the answer to another request");
    assert.equal(`${label[1]}:${label[2]};`.repeat(20).startsWith(body), true, `a mixed answer: ${body}`);
  }
}

Deno.test("whatever happens, answers fit their requests, are of one endpoint each, and nothing is left behind", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("sequential" as const, "fanout" as const, "hedged" as const),
      fc.constantFrom("all" as const, "idempotent" as const),
      fc.array(happening, { minLength: 10, maxLength: 120 }),
      (dispatch, replay, happenings) => {
        const play = new Play(dispatch, replay);
        for (let i = 0; i < 2; i++) play.run({ type: "client" });
        for (const one of happenings) play.run(one);
        play.finish();
      },
    ),
    { numRuns: 300 },
  );
});
