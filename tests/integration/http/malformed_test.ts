import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { MALFORMED_REQUESTS, type MalformedMessage } from "../../unit/data/http/corpus.ts";

/** Connections at once: enough to be quick, few enough for any machine. */
const LANES = 16;
/** Sent behind each malformed request: whoever reads that one in another way finds this one. */
const BEHIND = "GET /behind HTTP/1.1\r\nHost: behind.example\r\n\r\n";
/** A request whose head was good, up to its body: chunks, and no end. */
const UNFINISHED =
  /^POST \/ HTTP\/1\.1\r\n(?:[\w-]+: [^\r\n]*\r\n)+\r\n(?:[\da-f]+(?:;[^\r\n]*)?\r\n(?:hello|x)?(?:\r\n)?)*$/;

/** Keeps what came on each connection, byte by byte, and answers what looks like a GET. */
class RecordingTarget extends TcpServer {
  constructor(readonly texts: string[] = []) {
    super(async (connection) => {
      const index = texts.push("") - 1;
      const buffer = new Uint8Array(64 * 1024);
      for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
        const text = latin1.decode(buffer.subarray(0, count));
        texts[index] += text;
        if (text.startsWith("GET ")) await writeAll(connection, latin1Bytes(answerText(200, "good")));
      }
    });
  }

  /** Everything, from all connections. */
  get all(): string {
    return this.texts.join("");
  }
}

const latin1 = new TextDecoder("latin1");

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (one) => one.charCodeAt(0));
}

Deno.test("HTTP: the corpus of malformed requests names an RFC section for each of at least 60", () => {
  assert.ok(MALFORMED_REQUESTS.length >= 60, `${MALFORMED_REQUESTS.length}`);
  for (const { name, section } of MALFORMED_REQUESTS) assert.match(section, /^RFC \d{4} \d/, name);
});

for (const engine of ["epoll", "deno"] as const) {
  Deno.test(`HTTP on ${engine}: malformed requests over raw sockets are refused, and no endpoint hears of them`, async () => {
    const cases = MALFORMED_REQUESTS.filter(({ part }) => part === "head");
    await using target = new RecordingTarget();
    await using proxy = await before(engine, target);
    await refuseAll(cases, await proxy.port("web"));
    const good = [...target.all.matchAll(/GET \/good\/(\d+) HTTP\/1\.1\r\n[^]*?\r\n\r\n/g)];
    assert.equal(
      good.map(([text]) => text).join("").length,
      target.all.length,
      "nothing but good requests came",
    );
    const numbers = good.map(([, number]) => Number(number)).sort((a, b) => a - b);
    assert.deepEqual(numbers, cases.flatMap((_, index) => [index, index]), "each good request came once");
  });

  Deno.test(`HTTP on ${engine}: of requests whose mistake is in the body no endpoint gets the end, or anything twice`, async () => {
    const cases = MALFORMED_REQUESTS.filter(({ part }) => part === "body");
    await using target = new RecordingTarget();
    await using proxy = await before(engine, target);
    await refuseAll(cases, await proxy.port("web"));
    const bad = target.texts.filter((text) => !/^(?:GET \/good\/\d+ HTTP[^]*?\r\n\r\n)+$/.test(text));
    assert.ok(bad.length <= 2 * cases.length, `${bad.length} connections for ${cases.length} cases`);
    // A connection may have been opened and not used.
    for (const text of bad.filter((text) => text !== "")) {
      assert.match(text, UNFINISHED);
      assert.doesNotMatch(text, /\r\n0+\r\n/);
    }
    assert.doesNotMatch(target.all, /hidden|behind/);
  });
}

function before(engine: EngineName, { port }: RecordingTarget): Promise<Proxy> {
  const app = { name: "web", mode: "http" as const, ports: [ANY_PORT], targets: [`127.0.0.1:${port}`] };
  return Proxy.start({ engine, apps: [{ ...app, http: { replay: "all" } }] });
}

/** Each case as it is, and with a good request behind it; and each time a good one on a fresh connection. */
async function refuseAll(cases: readonly MalformedMessage[], port: number): Promise<void> {
  const jobs = cases.flatMap((one, index) => [
    async () => await refuse(port, one, one.raw, index),
    async () => await refuse(port, one, one.raw + BEHIND, index),
  ]);
  const work = async (): Promise<void> => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) await job();
  };
  await Promise.all(Array.from({ length: LANES }, work));
}

async function refuse(
  port: number,
  { name, section, status }: MalformedMessage,
  raw: string,
  index: number,
): Promise<void> {
  const label = `${name} (${section})${raw.endsWith(BEHIND) ? ", a good request behind it" : ""}`;
  using client = await HttpClient.to(port);
  await client.send(raw);
  const text = await client.all();
  const [, got, length] = /^HTTP\/1\.1 (\d{3}) [^]*?\r\nContent-Length: (\d+)\r\n/i.exec(text) ?? [];
  assert.equal(Number(got), status, `${label}: ${text}`);
  assert.match(text, /\r\nConnection: close\r\n/i, label);
  assert.equal(
    text.length - text.indexOf("\r\n\r\n") - 4,
    Number(length),
    `${label}: one answer and nothing else`,
  );
  using fresh = await HttpClient.to(port);
  assert.equal((await fresh.get(`/good/${index}`)).body, "good", `after ${label}`);
}
