import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { pass } from "../../kit/over_time.ts";
import { testWith } from "../../kit/programs.ts";
import { Proxy } from "../../kit/proxy.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import { httpApp, TlsSetup } from "./tls_setup.ts";

/** The runtime's own clients and servers, with the proxy between them: WebSocket, and fetch with streams. And nc. */

/** A server of the runtime: echoes over WebSocket, tells how it was closed, and sends bodies back as they come. */
class EchoServer implements AsyncDisposable {
  /** Codes and reasons of closed sockets. */
  readonly closes: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => {
      if (request.headers.get("upgrade") === "websocket") return this.#upgrade(request);
      return new Response(request.body, { headers: { "x-asked": request.headers.get("x-asking") ?? "" } });
    });
  }

  get address(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #upgrade(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "echo", idleTimeout: 0 });
    socket.onmessage = ({ data }) => {
      if (data === "close me") socket.close(4321, "as you wish");
      else socket.send(data);
    };
    socket.onclose = ({ code, reason }) => void this.closes.push(`${code} ${reason}`);
    return response;
  }
}

/** A client of the runtime. */
class WebSocketClient {
  readonly socket: WebSocket;
  readonly #messages: (string | ArrayBuffer)[] = [];
  readonly #closed: Promise<string>;

  private constructor(url: string, client?: Deno.HttpClient) {
    const options = { protocols: ["none", "echo"], ...(client === undefined ? {} : { client }) };
    this.socket = new WebSocket(url, options);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => void this.#messages.push(data);
    this.#closed = new Promise((resolve) => {
      this.socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`);
    });
  }

  /** Opens one. */
  static async open(url: string, client?: Deno.HttpClient): Promise<WebSocketClient> {
    const opened = new WebSocketClient(url, client);
    await within(
      "the WebSocket to open",
      new Promise<void>((resolve, reject) => {
        opened.socket.onopen = () => resolve();
        opened.socket.onerror = (event) => reject(new Error((event as ErrorEvent).message));
      }),
    );
    return opened;
  }

  /** Sends a message and waits for its echo. */
  async ask(message: string | Uint8Array<ArrayBuffer>): Promise<string | Uint8Array> {
    this.socket.send(message);
    await eventually("the echo", () => this.#messages.length > 0);
    const echo = this.#messages.shift() ?? "";
    return typeof echo === "string" ? echo : new Uint8Array(echo);
  }

  /** Code and reason of its end. */
  closed(): Promise<string> {
    return within("the WebSocket to close", this.#closed);
  }
}

/** Echoes of texts and bytes, small and large, and both ways to close. */
async function talk(server: EchoServer, url: string, http?: Deno.HttpClient): Promise<void> {
  const client = await WebSocketClient.open(url, http);
  assert.equal(client.socket.protocol, "echo");
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 7);
  assert.equal(await client.ask("héllo"), "héllo");
  assert.deepEqual(await client.ask(bytes), bytes);
  for (let i = 0; i < 100; i++) assert.equal(await client.ask(`${i}`), `${i}`);
  client.socket.close(4000, "enough");
  assert.equal(await client.closed(), "4000 enough");
  await eventually("the server to know", () => server.closes.at(-1) === "4000 enough");
  const other = await WebSocketClient.open(url, http);
  other.socket.send("close me");
  assert.equal(await other.closed(), "4321 as you wish");
}

for (const engine of ["epoll", "deno"] as const satisfies readonly EngineName[]) {
  Deno.test(`HTTP on ${engine}: WebSocket: texts, bytes and close codes pass both ways`, async () => {
    await using server = new EchoServer();
    const app = httpApp("web", [`http://${server.address}/base`], { drain_timeout: "1s" });
    await using proxy = await Proxy.start({ engine, apps: [app] });
    await talk(server, `ws://127.0.0.1:${await proxy.port("web")}/socket`);
    const open = await WebSocketClient.open(`ws://127.0.0.1:${await proxy.port("web")}/socket`);
    assert.equal(await open.ask("?"), "?");
    proxy.program.kill("SIGTERM");
    // The end of TCP without one of WebSocket before it: 1006 (RFC 6455 section 7.1.5), which Deno tells as 0.
    assert.match(await open.closed(), /^(0|1006) /);
    assert.equal((await proxy.program.result()).code, 0);
  });

  Deno.test(`HTTP on ${engine}: fetch of the runtime: many at once, and bodies that stream both ways`, async () => {
    await using server = new EchoServer();
    await using proxy = await Proxy.start({ engine, apps: [httpApp("web", [server.address])] });
    const url = `http://127.0.0.1:${await proxy.port("web")}/`;
    const asked = await Promise.all(Array.from({ length: 200 }, async (_, i) => {
      const response = await fetch(url, {
        method: "PUT",
        body: `body ${i}`,
        headers: { "x-asking": `${i}` },
      });
      return `${response.headers.get("x-asked")} ${await response.text()}`;
    }));
    assert.deepEqual(asked, Array.from({ length: 200 }, (_, i) => `${i} body ${i}`));

    // Each part is sent when the one before has come back.
    const parts = ["first", "second", "third"];
    const { readable, writable } = new TransformStream<string, string>();
    const writer = writable.getWriter();
    const sent = writer.write(parts[0] ?? "");
    const body = readable.pipeThrough(new TextEncoderStream());
    const response = await within("the head", fetch(url, { method: "POST", body }));
    await sent;
    const echoes = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const [index, part] of parts.entries()) {
      assert.deepEqual(await within("an echo", echoes?.read() ?? Promise.reject()), {
        done: false,
        value: part,
      });
      if (index < 2) await writer.write(parts[index + 1] ?? "");
    }
    await writer.close();
    assert.equal((await echoes?.read())?.done, true);
  });
}

testWith(["openssl"], "HTTPS: WebSocket over TLS", async () => {
  await using setup = await TlsSetup.create();
  await using server = new EchoServer();
  await setup.issue("api", ["localhost"]);
  const app = httpApp("web", [server.address], { tls: setup.files("api") });
  await using proxy = await setup.start(app);
  using http = Deno.createHttpClient({ caCerts: [setup.authority.cert] });
  await talk(server, `wss://localhost:${await proxy.port("web")}/socket`, http);
});

for (const engine of ["epoll", "deno"] as const) {
  testWith(
    ["nc"],
    `HTTP on ${engine}: nc -N, which sends a FIN behind its request, reads the answer first`,
    async () => {
      // Longer than any probe of the client by the system takes to begin.
      await using target = new HttpTarget(async () => {
        await pass(1_500);
        return answerText(200, "here");
      });
      await using proxy = await Proxy.start({
        engine,
        apps: [httpApp("web", [`127.0.0.1:${target.address.port}`])],
      });
      const port = await proxy.port("web");
      await using client = new LaunchedProgram({
        command: "sh",
        args: ["-c", `printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' | nc -N 127.0.0.1 ${port}`],
      });
      assert.match((await client.result()).stdout, /^HTTP\/1\.1 200 /);
    },
  );
}

/** An endpoint that breaks its answer off within a chunk. */
function breakingEndpoint(): TcpServer {
  return new TcpServer(async (connection) => {
    await connection.read(new Uint8Array(4096));
    const answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhello";
    await writeAll(connection, new TextEncoder().encode(answer));
  });
}

/** How an HTTP/1.0 client sees the end of its answer. */
async function seenEnd(client: HttpClient): Promise<string> {
  await client.send("GET / HTTP/1.0\r\nHost: web.test\r\n\r\n");
  let text = "";
  try {
    for (let part = await client.receive(); part !== null; part = await client.receive()) text += part;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  assert.match(text, /hello$/);
  return "a FIN";
}

// The exception of `deno` stands in the README's table of engines: this fails when it is none any more.
for (const [engine, end] of [["epoll", "ConnectionReset"], ["deno", "a FIN"]] as const) {
  Deno.test(`HTTP on ${engine}: an answer that breaks off, without a length, ends by ${end} for an HTTP/1.0 client`, async () => {
    await using target = breakingEndpoint();
    await using proxy = await Proxy.start({ engine, apps: [httpApp("web", [`127.0.0.1:${target.port}`])] });
    using client = await HttpClient.to(await proxy.port("web"));
    assert.equal(await seenEnd(client), end);
  });
}

testWith(
  ["openssl"],
  "TLS: an answer that breaks off, without a length, ends without the end of TLS for an HTTP/1.0 client",
  async () => {
    await using setup = await TlsSetup.create();
    await setup.issue("web", ["web.test"]);
    await using target = breakingEndpoint();
    await using proxy = await setup.start(
      httpApp("web", [`127.0.0.1:${target.port}`], { tls: setup.files("web") }),
    );
    using client = await setup.client(await proxy.port("web"), "web.test");
    assert.equal(await seenEnd(client), "UnexpectedEof");
  },
);
