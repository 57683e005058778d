import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTraceParent, parseTraceParent } from "../../../../src/data/tracing/trace_parent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

Deno.test("a traceparent is read", () => {
  assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, spanId: SPAN, flags: 1 });
  assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-00`)?.flags, 0);
  assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-ff`)?.flags, 255);
});

Deno.test("a later version is read as far as it is known", () => {
  assert.deepEqual(parseTraceParent(`cc-${TRACE}-${SPAN}-01`)?.traceId, TRACE);
  assert.deepEqual(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)?.flags, 1);
});

Deno.test("one that is malformed is none", () => {
  for (
    const value of [
      "",
      "00",
      `00-${TRACE}-${SPAN}`,
      `00-${TRACE}-${SPAN}-1`,
      `00-${TRACE}-${SPAN}-01-more`,
      `00-${TRACE}-${SPAN}-01 `,
      `cc-${TRACE}-${SPAN}-01.more`,
      `ff-${TRACE}-${SPAN}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${"0".repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `00-${TRACE}-${SPAN}-0x`,
      `00_${TRACE}-${SPAN}-01`,
    ]
  ) assert.equal(parseTraceParent(value), null, value);
});

Deno.test("what is written is read again; of the flags only those with a meaning are passed on", () => {
  const hex = (length: number): fc.Arbitrary<string> =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
  fc.assert(fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 255 }), (traceId, spanId, flags) => {
    const written = formatTraceParent({ traceId, spanId, flags });
    assert.deepEqual(parseTraceParent(written), { traceId, spanId, flags: flags & 3 });
  }));
});
