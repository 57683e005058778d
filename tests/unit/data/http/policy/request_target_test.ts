import assert from "node:assert/strict";
import { endpointRoute } from "../../../../../src/data/http/policy/endpoint_route.ts";
import { climbsAboveRoot } from "../../../../../src/data/http/policy/request_target.ts";
import { forwardRequest, requestHead } from "./forwarding.ts";

function joined(target: string, basePath: string, method = "GET"): string | undefined {
  const raw = `${method} ${target} HTTP/1.1\r\nHost: example.com\r\n\r\n`;
  return forwardRequest(raw, { basePath }).split(" ")[1];
}

Deno.test("request target: it is put behind the base path byte for byte", () => {
  const cases: [target: string, basePath: string, wanted: string][] = [
    ["/", "", "/"],
    ["/x", "", "/x"],
    ["/x", "/", "/x"],
    ["/x", "/apis", "/apis/x"],
    ["/x", "/apis/", "/apis/x"],
    ["/", "/apis", "/apis/"],
    ["//x//y/", "/apis/v1", "/apis/v1//x//y/"],
    ["/?q=/../a", "/apis", "/apis/?q=/../a"],
    ["/a/./b/../c", "/apis", "/apis/a/./b/../c"],
    ["/%2F%20|", "/apis", "/apis/%2F%20|"],
    ["http://other.example", "/apis", "/apis/"],
    ["http://other.example", "", "/"],
    ["http://other.example?q", "/apis", "/apis/?q"],
    ["http://other.example/x?q", "", "/x?q"],
  ];
  for (const [target, basePath, wanted] of cases) assert.equal(joined(target, basePath), wanted, target);
});

Deno.test("request target: a question about the server stays one", () => {
  assert.equal(joined("*", "", "OPTIONS"), "*");
  assert.equal(joined("*", "/apis", "OPTIONS"), "*");
  assert.equal(joined("http://other.example", "/apis", "OPTIONS"), "*");
  assert.equal(joined("http://other.example/", "/apis", "OPTIONS"), "/apis/");
});

Deno.test("request target: dot segments must not lead out of the base path, in whatever spelling", () => {
  const climbs = (target: string): boolean => {
    const head = requestHead(`GET ${target} HTTP/1.1\r\nHost: example.com\r\n\r\n`);
    assert.ok(head !== null);
    return climbsAboveRoot(head);
  };
  const outside = [
    "/..",
    "/../admin",
    "/a/../../admin",
    "/%2e%2E/admin",
    "/.%2e/admin",
    "/..%2fadmin",
    "/a/..\\..\\admin",
    "/a%5c..%5C../admin",
    "/..;x=y/admin",
    "/..%3bx/admin",
    "//../admin",
    "/./../admin",
    "http://other.example/../admin",
  ];
  for (const target of outside) assert.equal(climbs(target), true, target);
  const inside = [
    "/",
    "/a/../b",
    "/a/b/../..",
    "/...",
    "/..a",
    "/a..",
    "/?/../..",
    "/a?x=/../../..",
    "/%2e",
    "/a.b%20c",
  ];
  for (const target of inside) assert.equal(climbs(target), false, target);
});

Deno.test("endpoint route: takes hosts and plain paths, refuses the rest", () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assert.equal(text(endpointRoute("[::1]:81", "").hostLine), "Host: [::1]:81\r\n");
  assert.equal(text(endpointRoute("one.com", "/a/b~c%20/").basePath), "/a/b~c%20");
  for (const host of ["", "a b", "a/b", "a@b", "a:x", "::1", "a\r\nX: y"]) {
    assert.throws(() => endpointRoute(host, ""), TypeError, host);
  }
  for (const path of ["a", "/a?b", "/a#b", "//a", "/a//b", "/a/../b", "/%2e%2e", "/a b", "/a\r\n"]) {
    assert.throws(() => endpointRoute("one.com", path), TypeError, path);
  }
});
