import assert from "node:assert/strict";
import { DEFAULT_HTTP_LIMITS } from "../../../../../src/data/http/codec/http_limits.ts";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { RequestParser } from "../../../../../src/data/http/codec/request_parser.ts";
import { HeadView } from "../../../../../src/data/http/exchange/head_view.ts";

function viewOf(text: string): HeadView {
  const parser = new RequestParser(DEFAULT_HTTP_LIMITS);
  const bytes = new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
  assert.equal(parser.parse(bytes, 0), HttpEvent.head);
  return new HeadView().of(parser.head);
}

Deno.test("a request as strategies see it: method, path without query, host, fields and cookies", () => {
  const view = viewOf(
    "PUT /a/b?c=/d HTTP/1.1\nHost: one.example:81\nX-User: u\nx-user: v\nCookie: a=1; id=7=8; id=9\n\n",
  );
  assert.deepEqual([view.method, view.path, view.host], ["PUT", "/a/b", "one.example:81"]);
  assert.equal(view.header("x-user"), "u, v");
  assert.equal(view.header("x-other"), null);
  assert.deepEqual([view.cookie("a"), view.cookie("id"), view.cookie("i")], ["1", "7=8", null]);
});

Deno.test("parameters of the query are decoded as forms are, the first of a name counts", () => {
  const view = viewOf("GET /a?b=1&b=2&c%20d=%41+e&f HTTP/1.1\nHost: one.example\n\n");
  assert.deepEqual(["b", "c d", "f", "g"].map((name) => view.query(name)), ["1", "A e", "", null]);
  assert.equal(viewOf("GET /?b=%zz HTTP/1.1\nHost: a\n\n").query("b"), "%zz");
  assert.equal(viewOf("GET / HTTP/1.1\nHost: a\n\n").query("b"), null);
});

Deno.test("a URL as target gives its own path and host; what is not there is empty", () => {
  const view = viewOf("GET http://two.example?x HTTP/1.1\nHost: one.example\n\n");
  assert.deepEqual([view.path, view.host, view.cookie("id")], ["/", "two.example", null]);
  assert.equal(viewOf("GET / HTTP/1.0\n\n").host, "");
  assert.equal(viewOf("OPTIONS * HTTP/1.1\nHost: a\n\n").path, "*");
});
