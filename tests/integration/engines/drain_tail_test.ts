import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { readSlowly } from "../../kit/slow_reader.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import { type AppInput, httpApp, TlsSetup } from "../http/tls_setup.ts";

const MIB = 1024 * 1024;
/** What every answer ends with. */
const END = "the very end";
/** How the client is told where its answer ends. */
type Framing = "length" | "chunked" | "close";
/** An answer, and how its client takes it. */
interface Transfer {
  readonly bytes: number;
  /** Bytes a second. */
  readonly pace: number;
  readonly framing: Framing;
}
const FRAMINGS: readonly Framing[] = ["length", "chunked", "close"];
const TRANSFERS: readonly Transfer[] = [
  ...FRAMINGS.map((framing) => ({ framing, bytes: 1_000_000, pace: 300_000 })),
  ...FRAMINGS.map((framing) => ({ framing, bytes: 9 * MIB, pace: 6 * MIB })),
  // Taken only once the threads are to end: of these some just do not fit into the kernel's buffers.
  ...Array.from({ length: 6 }, (_, index) => waiting(140_000 + index * 24_000)),
  ...Array.from({ length: 16 }, (_, index) => waiting(3_400_000 + index * 60_000)),
];

function waiting(bytes: number): Transfer {
  return { framing: "length", bytes, pace: 50 * MIB };
}

type How = "SIGTERM" | "fewer workers";

/** An endpoint whose answers are as long, and end as, the path says: `/chunked/3000000`. */
function endpoint(): TcpServer {
  return new TcpServer(async (connection) => {
    const [, framing, bytes] = /GET \/(\w+)\/(\d+) /.exec(await readHead(connection)) ?? [];
    const length = Number(bytes);
    const body = new Uint8Array(length).fill(120);
    body.set(new TextEncoder().encode(END), length - END.length);
    const field = framing === "length"
      ? `Content-Length: ${length}`
      : framing === "chunked"
      ? "Transfer-Encoding: chunked"
      : "X-Ends: with the connection";
    await writeText(connection, `HTTP/1.1 200 OK\r\n${field}\r\n\r\n`);
    if (framing === "chunked") await writeText(connection, `${length.toString(16)}\r\n`);
    await writeAll(connection, body);
    if (framing === "chunked") await writeText(connection, "\r\n0\r\n\r\n");
  });
}

async function readHead(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  let head = "";
  while (!head.endsWith("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) return head;
    head += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return head;
}

function writeText(connection: Deno.Conn, text: string): Promise<void> {
  return writeAll(connection, new TextEncoder().encode(text));
}

/** A client that asked for one answer, which has begun. */
class SlowClient {
  readonly #connection: Deno.Conn;
  readonly #transfer: Transfer;

  private constructor(connection: Deno.Conn, transfer: Transfer) {
    this.#connection = connection;
    this.#transfer = transfer;
  }

  static async ask(connection: Deno.Conn, transfer: Transfer): Promise<SlowClient> {
    const { framing, bytes } = transfer;
    // HTTP/1.1 would make it chunked.
    const version = framing === "close" ? "HTTP/1.0" : "HTTP/1.1";
    const lines = [`GET /${framing}/${bytes} ${version}`, "Host: web.test", "Connection: close", "", ""];
    await writeText(connection, lines.join("\r\n"));
    await within("the answer to begin", connection.read(new Uint8Array(1)));
    return new SlowClient(connection, transfer);
  }

  /** Takes the rest at its pace. */
  async assertWhole(): Promise<void> {
    const { bytes, pace, framing } = this.#transfer;
    const what = `${bytes} bytes, ${framing}`;
    const got = await within(`the end of ${what}`, readSlowly(this.#connection, pace), 60_000);
    const tail = framing === "chunked" ? `${END}\r\n0\r\n\r\n` : END;
    assert.ok(got.tail.endsWith(tail) && got.bytes > bytes, `${got.bytes} of ${what}`);
    this.#connection.close();
  }
}

/** What carries the app, in threads that end. */
interface Carrier {
  readonly engine: EngineName;
  readonly app: AppInput;
  connect(port: number): Promise<Deno.Conn>;
}

async function assertAllWhole({ engine, app, connect }: Carrier, how: How): Promise<void> {
  const config = (workers: number): ConfigInput => ({ engine, workers, apps: [app] });
  await using proxy = await Proxy.start(config(4));
  const port = await proxy.port(app.name);
  const clients = await Promise.all(
    TRANSFERS.map(async (transfer) => await SlowClient.ask(await connect(port), transfer)),
  );
  if (how === "SIGTERM") {
    proxy.program.kill("SIGTERM");
    await proxy.program.line(/draining/);
  } else await proxy.rollOut(config(1));
  await Promise.all(clients.map((client) => client.assertWhole()));
  if (how !== "SIGTERM") return;
  assert.equal((await proxy.program.result(30_000)).code, 0);
  assert.equal(proxy.logged("drained, exiting").length, 1);
}

function connect(port: number): Promise<Deno.Conn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

for (const how of ["SIGTERM", "fewer workers"] as const) {
  for (const engine of ["epoll", "deno"] as const) {
    // What the kernel does not hold is left with the engine; `deno` cannot set this.
    const changes: Partial<AppInput> = {
      drain_timeout: "60s",
      ...(engine === "epoll" ? { tcp: { send_buffer: "32KiB" } } : {}),
    };
    Deno.test(`HTTP on ${engine}, ${how}: slow clients get the whole of their last answer`, async () => {
      await using target = endpoint();
      const app = httpApp("web", [`127.0.0.1:${target.port}`], changes);
      await assertAllWhole({ engine, app, connect }, how);
    });

    Deno.test(`TCP on ${engine}, ${how}: slow clients get everything up to the FIN`, async () => {
      await using target = endpoint();
      const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`], ...changes };
      await assertAllWhole({ engine, app, connect }, how);
    });
  }

  testWith(
    ["openssl"],
    `TLS, ${how}: slow clients get the whole of their last answer, and the end of TLS`,
    async () => {
      await using setup = await TlsSetup.create();
      await setup.issue("web", ["web.test"]);
      await using target = endpoint();
      const app = httpApp("web", [`127.0.0.1:${target.port}`], {
        tls: setup.files("web"),
        drain_timeout: "60s",
      });
      const connectTls = async (port: number): Promise<Deno.Conn> =>
        (await setup.client(port, "web.test")).connection;
      await assertAllWhole({ engine: "deno", app, connect: connectTls }, how);
    },
  );
}

/** One client that takes nothing of an answer which is larger than what the kernel holds. */
async function stuck(engine: EngineName, run: (proxy: Proxy) => Promise<void>): Promise<void> {
  await using target = endpoint();
  const app: AppInput = httpApp("web", [`127.0.0.1:${target.port}`], { drain_timeout: "2s" });
  await using proxy = await Proxy.start({ engine, workers: 1, apps: [app] });
  const port = await proxy.port("web");
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await SlowClient.ask(connection, { framing: "length", bytes: 60 * MIB, pace: 1 });
  await run(proxy);
}

for (const engine of ["epoll", "deno"] as const) {
  Deno.test(`HTTP on ${engine}: a client that takes nothing holds up the exit for drain_timeout, and is said to be cut off`, async () => {
    await stuck(engine, async (proxy) => {
      const startedAt = performance.now();
      proxy.program.kill("SIGTERM");
      assert.equal((await proxy.program.result()).code, 0);
      const elapsedMs = performance.now() - startedAt;
      assert.ok(elapsedMs > 1_500 && elapsedMs < 8_000, `${elapsedMs} ms`);
      const [line] = proxy.logged(
        "drain_timeout is over: clients that had not taken their last bytes are cut off",
      );
      assert.equal(line?.connections, 1);
    });
  });
}
