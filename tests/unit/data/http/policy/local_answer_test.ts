import assert from "node:assert/strict";
import { ByteSink } from "../../../../../src/data/byte_sink.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { prefersJson } from "../../../../../src/data/http/policy/accept.ts";
import { writeFinalAnswer } from "../../../../../src/data/http/policy/final_recipient.ts";
import {
  type AnswerTraits,
  CONTINUE,
  UNREAD_REQUEST,
  writeLocalAnswer,
} from "../../../../../src/data/http/policy/local_answer.ts";
import { pieces, readResponse } from "../transcript.ts";
import { requestHead } from "./forwarding.ts";

const GET: AnswerTraits = { accept: null, toHead: false, minorVersion: 1, persistent: true };
const EXHAUSTED = { status: 502, code: "exhausted", message: "No endpoint gave a usable answer" };
const NOW = Date.UTC(2024, 2, 5, 12, 0, 0);

function answer(traits: Partial<AnswerTraits>): string {
  const out = new ByteSink(8);
  writeLocalAnswer(out, EXHAUSTED, { ...GET, ...traits }, NOW);
  return latin1(out.bytes, 0, out.length);
}

Deno.test("local answer: JSON or text, whole and with its right length", () => {
  const json = '{"status":502,"code":"exhausted","message":"No endpoint gave a usable answer"}\n';
  assert.equal(
    answer({}),
    "HTTP/1.1 502 Bad Gateway\r\nDate: Tue, 05 Mar 2024 12:00:00 GMT\r\nContent-Type: application/json\r\n" +
      `Cache-Control: no-store\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  );
  const text = readResponse(pieces(answer({ accept: "text/plain" }), []));
  assert.deepEqual(text.slice(1), [["body", "502 Bad Gateway: No endpoint gave a usable answer\n"], [
    "end",
    50,
  ]]);
});

Deno.test("local answer: a HEAD gets the fields and no body", () => {
  const get = answer({});
  assert.equal(answer({ toHead: true }), get.slice(0, get.indexOf("\r\n\r\n") + 4));
});

Deno.test("local answer: Connection fits the client and whether its connection goes on", () => {
  assert.doesNotMatch(answer({}), /Connection/);
  assert.match(answer({ persistent: false }), /\r\nConnection: close\r\n/);
  assert.match(answer({ minorVersion: 0 }), /\r\nConnection: keep-alive\r\n/);
  assert.match(answer(UNREAD_REQUEST), /\r\nConnection: close\r\n/);
});

Deno.test("local answer: an interim 100 is a right response", () => {
  const told = readResponse([CONTINUE]);
  assert.deepEqual(told.map(([event, status]) => [event, status]), [["head", 100]]);
});

Deno.test("accept: JSON unless text is rated higher", () => {
  const json = [
    null,
    "",
    "*/*",
    "application/json",
    "application/json, text/plain, */*",
    "application/*;q=0.8, text/plain;q=0.5",
    "text/plain;q=0, */*",
    "image/png",
    "text/plain;q=0.3, application/JSON ; q=0.9",
    "text/plain;q=high, application/json;q=0.1",
  ];
  for (const accept of json) assert.equal(prefersJson(accept), true, String(accept));
  const text = [
    "text/plain",
    "text/*",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/json;q=0, */*",
    "application/json;q=0.5, text/plain;format=flowed;q=0.6",
    "*/*;q=0.1, text/plain",
  ];
  for (const accept of text) assert.equal(prefersJson(accept), false, accept);
});

Deno.test("final recipient: TRACE gets its own head back without secrets, OPTIONS no content", () => {
  const traced =
    "TRACE /x HTTP/1.1\r\nHost: example.com\r\nCookie: a\r\nAuthorization: b\r\nMax-Forwards: 0\r\nX: y\r\n\r\n";
  const final = (raw: string): readonly (readonly unknown[])[] => {
    const head = requestHead(raw);
    assert.ok(head !== null);
    const out = new ByteSink(8);
    writeFinalAnswer(out, head, GET, NOW);
    return readResponse([latin1Bytes(latin1(out.bytes, 0, out.length))]);
  };
  const body = "TRACE /x HTTP/1.1\r\nHost: example.com\r\nMax-Forwards: 0\r\nX: y\r\n\r\n";
  const told = final(traced);
  assert.deepEqual([told[0]?.[1], told[1]], [200, ["body", body]]);
  const options = final("OPTIONS * HTTP/1.1\r\nHost: example.com\r\nMax-Forwards: 0\r\n\r\n");
  assert.deepEqual([options[0]?.[1], options[1]], [204, ["end", 0]]);
});
