import assert from "node:assert/strict";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { ResponseParser } from "../../../../../src/data/http/codec/response_parser.ts";
import type { WireAnswer, WireClient } from "./wire_messages.ts";

/** A request whose head never came whole is answered as if it were a GET. */
const UNREAD = /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)*HTTP\/1\.1 (?:400|408) /;

/**
 * Checks what a client received: answers to its requests in their order, each of one endpoint, none that was cut and
 * looks whole, nothing that nobody asked for.
 * @param isClosed its connection ended by a FIN.
 */
export function checkClient(client: WireClient, answers: readonly WireAnswer[], isClosed: boolean): void {
  const { received, requests, hasLeft } = client;
  assert.ok(!received.includes("pushed"), "bytes behind an answer");
  const bytes = latin1Bytes(received);
  const parser = new ResponseParser();
  let at = 0;
  for (let number = 0; at < bytes.length; number++) {
    const request = requests[number];
    const isUnread = UNREAD.test(received.slice(at));
    parser.begin({ toHead: request?.method === "HEAD" && !isUnread, upgrade: request?.isUpgrade === true });
    let body = "";
    let source = "";
    let event: HttpEvent;
    do {
      event = parser.parse(bytes, at);
      at = parser.position;
      assert.notEqual(event, HttpEvent.error, `${parser.error?.code} in ${received}`);
      if (event === HttpEvent.head) {
        if (parser.head.interim) assert.equal(request?.minorVersion, 1, "an interim answer to HTTP/1.0");
        source = parser.head.get("x-e") ?? "";
      } else if (event === HttpEvent.body) body += latin1(parser.data, parser.dataStart, parser.dataEnd);
    } while (event !== HttpEvent.needMore && event !== HttpEvent.end && event !== HttpEvent.upgraded);
    if (event === HttpEvent.upgraded) return;
    if (source !== "") assert.equal(source.split(":")[1], request?.id, "the answer to another request");
    const [, endpoint, index] = /^(\d):q\d+:(\d+);/.exec(body) ?? [];
    const answer = answers[Number(index ?? NaN)];
    if (answer !== undefined) {
      assert.equal(source, `${endpoint}:${answer.id}`, "head and body of two answers");
      assert.ok(answer.body.startsWith(body), `a mixed answer: ${body}`);
      const looksWhole = event === HttpEvent.end || (parser.closeDelimited && isClosed && !hasLeft);
      if (looksWhole) assert.deepEqual([body, answer.isWhole], [answer.body, true], "cut, and looks whole");
    }
    if (event === HttpEvent.needMore) return;
  }
}
