import assert from "node:assert/strict";
import { ByteSink } from "../../../../../src/data/byte_sink.ts";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { ResponseParser } from "../../../../../src/data/http/codec/response_parser.ts";
import { writeForwardedTrailers } from "../../../../../src/data/http/policy/forward_trailers.ts";

Deno.test("forwarded trailers: what would frame, route or authorise in hindsight is dropped", () => {
  const parser = new ResponseParser();
  parser.begin({ toHead: false, upgrade: false });
  const bytes = latin1Bytes(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\ngrpc-status:0\r\nContent-Length: 5\r\nHost: x\r\n" +
      "Transfer-Encoding: chunked\r\nX-Forwarded-For: y\r\nSet-Cookie: a\r\nAUTHORIZATION: b\r\nServer-Timing: db\r\n\r\n",
  );
  parser.parse(bytes, 0);
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.trailers);
  const out = new ByteSink();
  writeForwardedTrailers(out, parser.trailers!);
  assert.equal(latin1(out.bytes, 0, out.length), "0\r\ngrpc-status: 0\r\nServer-Timing: db\r\n\r\n");
});
