import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteSink } from "../../../../../src/data/byte_sink.ts";
import { writeChunk, writeLastChunk } from "../../../../../src/data/http/codec/chunk_writer.ts";
import {
  type Fields,
  writeRequestHead,
  writeResponseHead,
} from "../../../../../src/data/http/codec/head_writer.ts";
import { DEFAULT_HTTP_LIMITS } from "../../../../../src/data/http/codec/http_limits.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import {
  anyRequest,
  anyResponse,
  content,
  noise,
  plainFields,
  validRequest,
  validResponse,
} from "../messages.ts";
import { pieces, type ReadOptions, readRequests, readResponse } from "../transcript.ts";

const cuts = fc.array(fc.nat({ max: 5000 }), { maxLength: 12 });
/** Limits so small that generated messages meet them. */
const tight = {
  ...DEFAULT_HTTP_LIMITS,
  maxStartLineBytes: 40,
  maxHeadBytes: 200,
  maxFields: 6,
  maxTrailerBytes: 30,
};
const options: fc.Arbitrary<ReadOptions> = fc.record({
  limits: fc.constantFrom(DEFAULT_HTTP_LIMITS, tight, { ...DEFAULT_HTTP_LIMITS, maxChunkExtensionBytes: 6 }),
  wire: fc.boolean(),
  close: fc.boolean(),
  request: fc.record({ toHead: fc.boolean(), upgrade: fc.boolean() }),
});

function eachByte(raw: string): number[] {
  return Array.from({ length: raw.length }, (_, at) => at);
}

Deno.test("codec: how a request's bytes are split changes nothing", () => {
  fc.assert(
    fc.property(anyRequest, cuts, options, (raw, places, how) => {
      const whole = readRequests(pieces(raw, []), how);
      assert.deepEqual(readRequests(pieces(raw, places), how), whole);
      assert.deepEqual(readRequests(pieces(raw, eachByte(raw)), how), whole);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("codec: how a response's bytes are split changes nothing", () => {
  fc.assert(
    fc.property(anyResponse, cuts, options, (raw, places, how) => {
      const whole = readResponse(pieces(raw, []), how);
      assert.deepEqual(readResponse(pieces(raw, places), how), whole);
      assert.deepEqual(readResponse(pieces(raw, eachByte(raw)), how), whole);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("codec: noise never throws, loops or is taken for a message", () => {
  fc.assert(
    fc.property(noise, cuts, options, (raw, places, how) => {
      const requests = readRequests(pieces(raw, places), how);
      const response = readResponse(pieces(raw, places), how);
      assert.ok(![...requests, ...response].some(([event]) => event === "head"));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("codec: right messages are never refused", () => {
  fc.assert(
    fc.property(validRequest, validResponse, (request, response) => {
      assert.equal(readRequests(pieces(request, [])).at(-1)?.[0], "end");
      assert.equal(readResponse(pieces(response, []), { close: true }).at(-1)?.[0], "end");
    }),
    { numRuns: 1000 },
  );
});

Deno.test("codec: what is written is read again", () => {
  const token = fc.constantFrom("GET", "POST", "X-Own");
  fc.assert(
    fc.property(
      token,
      fc.constantFrom("/", "/a?b=c", "*"),
      plainFields,
      content,
      cuts,
      (method, target, list, chunks, places) => {
        const name = target === "*" ? "OPTIONS" : method;
        const fields: Fields = [["Host", "example.com"], ...list.slice(0, 10), [
          "Transfer-Encoding",
          "chunked",
        ]];
        const out = new ByteSink(1);
        writeRequestHead(out, name, target, fields);
        for (const chunk of chunks) writeChunk(out, latin1Bytes(`-${chunk}-`), 1, 1 + chunk.length);
        writeLastChunk(out);
        const told = readRequests(pieces(latin1(out.bytes, 0, out.length), places));
        const body = chunks.join("");
        assert.deepEqual(told[0]?.slice(1, 3), [name, target]);
        assert.deepEqual(told[0]?.[9], fields);
        assert.deepEqual(told.slice(1), [...(body === "" ? [] : [["body", body]]), ["end", body.length]]);
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 999 }), plainFields, (status, list) => {
      const fields: Fields = [...list, ["Content-Length", "0"]];
      const out = new ByteSink(1);
      writeResponseHead(out, status, "A reason", fields);
      const told = readResponse(pieces(latin1(out.bytes, 0, out.length), []));
      assert.deepEqual([told[0]?.[1], told[0]?.[2], told[0]?.[7]], [status, "A reason", fields]);
      assert.deepEqual(told.at(-1), ["end", 0]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("codec: a chunk of no bytes is not written, since it would end the body", () => {
  const out = new ByteSink();
  writeChunk(out, latin1Bytes("abc"), 1, 1);
  assert.equal(out.length, 0);
});

Deno.test("codec: a head that would break in two is not written", () => {
  const out = new ByteSink();
  const bad: (() => void)[] = [
    () => writeRequestHead(out, "GE T", "/", []),
    () => writeRequestHead(out, "GET", "/a b", []),
    () => writeRequestHead(out, "GET", "/a\r\n", []),
    () => writeRequestHead(out, "GET", "", []),
    () => writeRequestHead(out, "GET", "/", [["X", "a\r\nY: b"]]),
    () => writeRequestHead(out, "GET", "/", [["X", " a"]]),
    () => writeRequestHead(out, "GET", "/", [["X", "a\0"]]),
    () => writeRequestHead(out, "GET", "/", [["X", "\u0100"]]),
    () => writeRequestHead(out, "GET", "/", [["X:", "a"]]),
    () => writeResponseHead(out, 99, "", []),
    () => writeResponseHead(out, 200, "O\nK", []),
  ];
  for (const write of bad) assert.throws(write, TypeError);
});
