import assert from "node:assert/strict";
import fc from "fast-check";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { DEFAULT_HTTP_LIMITS } from "../../../../../src/data/http/codec/http_limits.ts";
import { latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { RequestParser } from "../../../../../src/data/http/codec/request_parser.ts";
import { anyRequest, validRequest } from "../messages.ts";
import { pieces, readRequests, type Told } from "../transcript.ts";

const FIRST = "GET /a?b HTTP/1.1\r\nHost: x.example\r\nConnection: own\r\nOwn: 1\r\n\r\n";

/** The request itself, or one that differs in a byte, goes on where it ends, breaks off, or has nothing to do with it. */
const sameOrNearly = (raw: string): fc.Arbitrary<string> => {
  const end = raw.indexOf("\r\n\r\n") + 2;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(raw) },
    fc.tuple(fc.nat({ max: raw.length - 1 }), fc.constantFrom("a", "1", " ", "\r", ":")).map(([at, char]) =>
      raw.slice(0, at) + char + raw.slice(at + 1)
    ),
    fc.constant(`${raw.slice(0, end)}Further: 1${raw.slice(end - 2)}`),
    fc.constant(`\r\n${raw}`),
    fc.nat({ max: raw.length }).map((length) => raw.slice(0, length)),
    anyRequest,
  );
};
const sequence = validRequest.chain((raw) => fc.array(sameOrNearly(raw), { maxLength: 6 }));
const cuts = fc.array(fc.nat({ max: 5000 }), { maxLength: 4 });

/** What a parser tells that never saw a request before, of each of them. */
function readAlone(raw: string): Told {
  return readRequests(pieces(raw, []));
}

Deno.test("a head that comes again is what it was, and one that is nearly the same is read anew", () => {
  fc.assert(
    fc.property(sequence, cuts, (requests, places) => {
      const raw = requests.join("");
      assert.deepEqual(readRequests(pieces(raw, places), { keep: true }), readAlone(raw));
      const ends = requests.map((_, at) => requests.slice(0, at + 1).join("").length);
      assert.deepEqual(readRequests(pieces(raw, ends), { keep: true }), readAlone(raw));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a head is known again by all of its bytes, and not scanned then", () => {
  const parser = new RequestParser();
  const ask = (raw: string): number => {
    const bytes = latin1Bytes(raw);
    assert.equal(parser.parse(bytes, 0), HttpEvent.head);
    assert.equal(parser.position, bytes.length);
    parser.head.keep();
    assert.ok(parser.head.isWhole);
    assert.equal(parser.parse(bytes, bytes.length), HttpEvent.end);
    const { edition } = parser.head;
    parser.begin();
    assert.deepEqual([parser.head.isEmpty, parser.head.isWhole], [true, false]);
    return edition;
  };
  const first = ask(FIRST);
  assert.equal(ask(FIRST), first);
  const other = ask(FIRST.replace("/a?b", "/a?c"));
  assert.notEqual(other, first);
  assert.notEqual(ask(FIRST), first);
});

Deno.test("a parser forgets a head that was not kept, or is larger than usual", () => {
  for (const size of [10, DEFAULT_HTTP_LIMITS.maxHeadBytes / 2]) {
    const raw = latin1Bytes(FIRST.replace("Own: 1", `Own: ${"1".repeat(size)}`));
    const parser = new RequestParser();
    const editions = [1, 2].map(() => {
      assert.equal(parser.parse(raw, 0), HttpEvent.head);
      if (size > 10) parser.head.keep();
      assert.equal(parser.parse(raw, raw.length), HttpEvent.end);
      const { edition } = parser.head;
      parser.begin();
      return edition;
    });
    assert.notEqual(editions[0], editions[1]);
  }
});
