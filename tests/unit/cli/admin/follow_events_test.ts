import assert from "node:assert/strict";
import { FproxyError } from "../../../../src/base/errors.ts";
import type { AdminAccess } from "../../../../src/cli/admin/admin_options.ts";
import { type AdminEvent, adminEvents } from "../../../../src/cli/admin/event_stream.ts";
import { followEvents } from "../../../../src/cli/admin/follow_events.ts";

function accessTo(port: number): AdminAccess {
  return { address: { host: "127.0.0.1", port }, note: "", token: "secret", certificates: {} };
}

/** A server that gives one connection after another one of these answers, and notes what it was asked. */
class Scripted implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done: Promise<void>;

  constructor(private readonly answers: readonly string[]) {
    this.#done = this.#serve();
  }

  get access(): AdminAccess {
    return accessTo(this.#server.addr.port);
  }

  async #serve(): Promise<void> {
    for (const answer of this.answers) {
      const connection = await this.#server.accept();
      const buffer = new Uint8Array(4096);
      this.asked.push(new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0)));
      // Byte by byte: events come in pieces of any size.
      for (const byte of new TextEncoder().encode(answer)) await connection.write(new Uint8Array([byte]));
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#done;
    this.#server.close();
  }
}

const STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 2000\n\n";

Deno.test("events come with id, name and data; lines without meaning are passed over", async () => {
  await using server = new Scripted([`${STREAM}: quiet\n\nevent: event\ndata: {"a": "ü"}\nid: r-7\n\n`]);
  const got: AdminEvent[] = [];
  const path = "/api/v1/events?last=1";
  const { signal } = new AbortController();
  for await (const event of adminEvents(server.access, { path, signal, ends: true })) got.push(event);
  assert.deepEqual(got, [
    { id: "", event: "open", data: "" },
    { id: "r-7", event: "event", data: '{"a": "ü"}' },
  ]);
  assert.match(server.asked[0] ?? "", /^GET \/api\/v1\/events\?last=1 HTTP\/1\.0\r\n/);
  assert.match(server.asked[0] ?? "", /Authorization: Bearer secret\r\n/);
});

Deno.test("what is no stream is told in words, and whether it may pass", async () => {
  const cases: [answer: string, message: RegExp, retryable: boolean][] = [
    ["HTTP/1.1 401 Unauthorized\r\n\r\n{}", /does not take this token/, false],
    ['HTTP/1.1 503 Full\r\n\r\n{"detail":"There are 32"}', /^There are 32$/, true],
    ["SSH-2.0-OpenSSH\r\n", /not HTTP/, true],
    ["", /no answer/, true],
    [STREAM, /ended the connection/, true],
  ];
  for (const [answer, message, retryable] of cases) {
    await using server = new Scripted([answer]);
    const { signal } = new AbortController();
    const error = await assert.rejects(
      async () => {
        for await (const _ of adminEvents(server.access, { path: "/", signal })) { /* until it fails */ }
      },
      (thrown) =>
        thrown instanceof FproxyError && message.test(thrown.message) && thrown.retryable === retryable,
      answer,
    );
    assert.equal(error, undefined);
  }
});

Deno.test("who follows comes back by itself, says what it saw last, and tells that it was gone", async () => {
  await using server = new Scripted([
    `${STREAM}event: event\ndata: 1\nid: r-1\n\n`,
    `${STREAM}event: event\ndata: 2\nid: r-2\n\n`,
  ]);
  const end = new AbortController();
  const told: string[] = [];
  const events = followEvents(server.access, {
    path: (isAgain) => isAgain ? "/again" : "/first",
    signal: end.signal,
    onLost: ({ message }) => told.push(message),
    onBack: () => told.push("back"),
  });
  for await (const { data } of events) {
    told.push(data);
    if (data === "2") end.abort();
  }
  const name = `admin server 127.0.0.1:${(server.access.address as { readonly port: number }).port}`;
  assert.deepEqual(told, ["1", `${name}: it has ended the connection`, "back", "2"]);
  assert.match(server.asked[0] ?? "", /^GET \/first /);
  assert.match(server.asked[1] ?? "", /^GET \/again [^]*Last-Event-ID: r-1\r\n/);
});

Deno.test("a server that is not there the first time is a failure", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const events = followEvents(accessTo(port), {
    path: () => "/",
    signal: new AbortController().signal,
    onLost: () => assert.fail(),
    onBack: () => assert.fail(),
  });
  await assert.rejects(() => events.next(), /^FproxyError: admin server 127\.0\.0\.1/);
});
