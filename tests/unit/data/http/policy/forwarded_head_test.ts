import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteSink } from "../../../../../src/data/byte_sink.ts";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { latin1, latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { RequestParser } from "../../../../../src/data/http/codec/request_parser.ts";
import { endpointRoute } from "../../../../../src/data/http/policy/endpoint_route.ts";
import { writeForwardedRequest } from "../../../../../src/data/http/policy/forward_request.ts";
import { ForwardedFields } from "../../../../../src/data/http/policy/forwarded_fields.ts";
import { ForwardedHead } from "../../../../../src/data/http/policy/forwarded_head.ts";
import { viaLines } from "../../../../../src/data/http/policy/via.ts";
import { CLIENT } from "./forwarding.ts";

const REQUESTS = [
  "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: b.example\r\n\r\n",
  "GET /x HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nMax-Forwards: 7\r\n\r\n",
  `GET /${"y".repeat(1100)} HTTP/1.1\r\nHost: a.example\r\nTE: trailers\r\n\r\n`,
];
const ROUTES = [endpointRoute("one:1", ""), endpointRoute("two:2", "/base")];
const POLICIES = [true, false].map((preserveHost) => ({ preserveHost, via: viaLines("fproxy") }));

const asked = fc.record({
  request: fc.constantFrom(0, 0, 0, 1, 2, 2, 3, 3),
  /** Nobody may hear of a request that is answered by the proxy itself; of others several endpoints may. */
  tries: fc.array(
    fc.record({
      route: fc.constantFrom(...ROUTES),
      policy: fc.constantFrom(POLICIES[0]!, POLICIES[0]!, POLICIES[1]!),
      keepExpect: fc.constantFrom(false, false, true),
    }),
    { maxLength: 3 },
  ),
});

Deno.test("whatever a client asked before, an endpoint gets the head that it would get for a first request", () => {
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 12 }), (list) => {
      const forwarded = new ForwardedFields(CLIENT, "replace");
      const kept = new ForwardedHead(forwarded);
      const parser = new RequestParser();
      for (const { request, tries } of list) {
        const bytes = latin1Bytes(REQUESTS[request]!);
        assert.equal(parser.parse(bytes, 0), HttpEvent.head);
        parser.head.keep();
        for (const { route, policy, keepExpect } of tries) {
          const out = new ByteSink();
          out.text("before");
          kept.write(out, parser.head, route, policy, keepExpect, null);
          const expected = new ByteSink();
          expected.text("before");
          writeForwardedRequest(expected, parser.head, route, forwarded, policy, keepExpect, null);
          assert.equal(latin1(out.bytes, 0, out.length), latin1(expected.bytes, 0, expected.length));
        }
        assert.equal(parser.parse(bytes, bytes.length), HttpEvent.end);
        parser.begin();
      }
    }),
    { numRuns: 2000 },
  );
});
