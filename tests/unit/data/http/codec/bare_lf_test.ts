import fc from "fast-check";
import assert from "node:assert/strict";
import { MALFORMED_RESPONSES, TRUNCATED_RESPONSES } from "../corpus.ts";
import { anyRequest, anyResponse, validResponse } from "../messages.ts";
import { forwardResponse, responseHead } from "../policy/forwarding.ts";
import { pieces, readRequests, readResponse, type Told } from "../transcript.ts";

const cuts = fc.array(fc.nat({ max: 5000 }), { maxLength: 12 });
/** Which lines lose their CR: the bits of a number, over and over. */
const ends = fc.integer({ min: 1, max: 2 ** 31 - 1 });

function lenient(raw: string, places: readonly number[] = [], close = false): Told {
  return readResponse(pieces(raw, places), { takesBareLf: true, close });
}

/** Takes the CR out of some line ends of a response's heads; at least one of the first thirty goes. */
function mixed(raw: string, which: number): string {
  const end = headsEnd(raw);
  let line = 0;
  const head = raw.slice(0, end).replaceAll("\r\n", (both) => (which >> line++ % 31 & 1) === 1 ? "\n" : both);
  return head + raw.slice(end);
}

/** Where the last head of a response ends, interim ones before it included. */
function headsEnd(raw: string): number {
  let end = raw.indexOf("\r\n\r\n") + 4;
  while (/^HTTP\/1\.1 1/.test(raw.slice(raw.lastIndexOf("HTTP/1.1", end), end))) {
    end = raw.indexOf("\r\n\r\n", end) + 4;
  }
  return end;
}

Deno.test("bare LF: an old server's response is read as if it had written CRLF", () => {
  const told = lenient("HTTP/1.0 200 OK\nServer: old\nContent-Length : 5\n\nhello");
  assert.deepEqual(told[0]?.[7], [["Server", "old"], ["Content-Length", "5"]]);
  assert.deepEqual(told.slice(1), [["body", "hello"], ["end", 5]]);
  assert.deepEqual(lenient("HTTP/1.1 204\n\n")[0]?.slice(1, 3), [204, ""]);
  assert.deepEqual(lenient("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 \r\nX:\n\r\nhi", [], true).slice(1, 3), [
    ["head", 200, "", 1, "close", -1, true, [["X", ""]]],
    ["body", "hi"],
  ]);
});

Deno.test("bare LF: whichever lines of a right response lack their CR, it means the same, however it is split", () => {
  fc.assert(
    fc.property(validResponse, ends, cuts, (raw, which, places) => {
      const expected = readResponse(pieces(raw, []), { close: true });
      const changed = mixed(raw, which);
      assert.deepEqual(lenient(changed, [], true), expected);
      assert.deepEqual(lenient(changed, places, true), expected);
      assert.deepEqual(lenient(changed, [...changed].map((_, at) => at), true), expected);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("bare LF: a client gets CRLF alone, and the fields that it would get from CRLF", () => {
  fc.assert(
    fc.property(validResponse, ends, fc.nat(1), fc.boolean(), (raw, which, clientMinor, persistent) => {
      const changed = mixed(raw, which);
      fc.pre(responseHead(raw) !== null);
      const out = forwardResponse(changed, clientMinor, persistent);
      assert.doesNotMatch(out, /[^\r]\n|\r[^\n]/);
      const strict = (text: string): unknown => readResponse(pieces(text, []))[0];
      assert.deepEqual(strict(out), strict(forwardResponse(raw, clientMinor, persistent)));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("bare LF: what has none is read as without leniency, and splits change nothing in what has some", () => {
  fc.assert(
    fc.property(anyResponse, cuts, fc.boolean(), (raw, places, close) => {
      const whole = lenient(raw, [], close);
      assert.deepEqual(lenient(raw, places, close), whole);
      if (!/(^|[^\r])\n/.test(raw)) assert.deepEqual(whole, readResponse(pieces(raw, []), { close }));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("bare LF: nothing else is taken that was refused: chunk framing and trailers stay strict", () => {
  const taken = MALFORMED_RESPONSES.filter(({ raw }) => lenient(raw).at(-1)?.[0] !== "error");
  assert.deepEqual(taken.map(({ name }) => name), [
    "bare LF after the status line",
    "bare LF in a value (response splitting)",
  ]);
  for (const { name, raw } of TRUNCATED_RESPONSES) {
    assert.equal(lenient(raw, [], true).at(-1)?.[0], "error", name);
  }
  const chunked = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n";
  const bodies = ["5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "0\n\r\n", "0\r\n\n", "0\r\nX: y\n\r\n"];
  for (const body of bodies) {
    const told = lenient(`${chunked}${body}`);
    assert.deepEqual([told[0]?.[0], told.at(-1)?.[0]], ["head", "error"], JSON.stringify(body));
  }
  const bad = ["X: a\n b\n", "X\n", ": x\n", "X: a\rb\n", "Content-Length: 1\nTransfer-Encoding: chunked\n"];
  for (const fields of bad) {
    assert.equal(lenient(`HTTP/1.1 200 OK\n${fields}\n`).at(-1)?.[0], "error", fields);
  }
});

Deno.test("bare LF: a request with one is refused, wherever in its head it stands", () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), (raw, place) => {
      const end = raw.indexOf("\r\n\r\n");
      fc.pre(end > 0);
      const lines = [...raw.slice(0, end + 4).matchAll(/\r\n/g)].map(({ index }) => index);
      const at = lines[place % lines.length] ?? 0;
      const told = readRequests(pieces(raw.slice(0, at) + raw.slice(at + 1), []));
      const reached = readRequests(pieces(raw, []))[0]?.[0] === "head";
      if (reached) assert.equal(told[0]?.[0], "error");
    }),
    { numRuns: 1000 },
  );
});
