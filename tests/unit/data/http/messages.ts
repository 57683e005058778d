import fc from "fast-check";
import { MALFORMED_REQUESTS, MALFORMED_RESPONSES, TRUNCATED_RESPONSES } from "./corpus.ts";

const TOKEN_CHARS = [..."!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const TARGET_CHARS = Array.from({ length: 94 }, (_, at) => String.fromCharCode(0x21 + at)).filter((c) =>
  c !== "#"
);
const VALUE_CHARS = Array.from({ length: 224 }, (_, at) => String.fromCharCode(0x20 + at)).filter((c) =>
  c !== "\x7f"
);

function text(chars: readonly string[], maxLength: number, minLength = 0): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...chars), { minLength, maxLength }).map((list) => list.join(""));
}

/** A field name that the codec gives no meaning to. */
const plainName = text(TOKEN_CHARS, 12, 1).map((name) => `X-${name}`)
  .filter((name) => !name.toLowerCase().startsWith("x-forwarded"));
/** A field value as a reader sees it: no white space around it. */
const value = text([...VALUE_CHARS, "\t"], 30).map((raw) => raw.replace(/^[ \t]+|[ \t]+$/g, ""));
/** Field lines without a meaning for the codec. */
export const plainFields = fc.array(fc.tuple(plainName, value), { maxLength: 20 });
/** Names of hop-by-hop and forwarding fields in odd spellings, with values that are or are not right for them. */
const hopField = fc.tuple(
  fc.constantFrom(
    "Connection",
    "connection",
    "KEEP-ALIVE",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Upgrade",
    "Expect",
    "Max-Forwards",
    "Forwarded",
    "X-Forwarded-For",
    "x-forwarded-proto",
    "X-Forwarded-Host",
    "X-FORWARDED-PORT",
    "Proxy-Authorization",
    "HTTP2-Settings",
    "Via",
  ),
  fc.oneof(
    value,
    fc.constantFrom(
      "close",
      "keep-alive",
      "Upgrade",
      "upgrade, HTTP2-Settings",
      "trailers",
      "websocket",
      "h2c",
      "100-continue",
      "0",
      "7",
      "Host, Content-Length, Transfer-Encoding",
      "X-a, x-B, x-c, Via, Cookie",
      "for=1.2.3.4",
    ),
  ),
);
/** Content of a body. */
export const content = fc.array(text(VALUE_CHARS.concat("\r", "\n", "\0"), 40, 1), { maxLength: 4 });

/** A chunked body: extensions, leading zeros, capitals and trailers included. */
const chunkedBody = fc.tuple(
  content,
  fc.constantFrom("", ";a", ';a=b ; c="d;e"', " ;x"),
  fc.constantFrom("", "0", "000"),
  fc.boolean(),
  fc.constantFrom("", "X-Sum: 1\r\n", "X-Sum: 1\r\nContent-Length: 3\r\nX-More:\r\n"),
).map(([chunks, extension, zeros, capitals, trailers]) => {
  const lines = chunks.map((chunk) => {
    const size = chunk.length.toString(16);
    return `${zeros}${capitals ? size.toUpperCase() : size}${extension}\r\n${chunk}\r\n`;
  });
  return `${lines.join("")}${zeros}0${extension}\r\n${trailers}\r\n`;
});

/** Framing fields together with the body that they announce. */
const framed = fc.oneof(
  fc.constant({ fields: "", body: "" }),
  content.map((parts) => parts.join("")).map((body) => ({
    fields: `Content-Length: ${body.length}\r\n`,
    body,
  })),
  chunkedBody.map((body) => ({ fields: "Transfer-Encoding: Chunked\r\n", body })),
);

const fieldLines = fc.array(fc.oneof(fc.tuple(plainName, value), hopField), { maxLength: 8 })
  .map((list) => list.map(([name, text]) => `${name}: ${text}\r\n`).join(""));

/** A request that is right, with anything a client may write. */
export const validRequest: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("GET", "HEAD", "POST", "OPTIONS", "TRACE", "PURGE"),
  fc.oneof(
    text(TARGET_CHARS, 20).map((path) => `/${path}`),
    fc.constantFrom(
      "http://other.example/x?y",
      "http://other.example:81?z",
      "https://[::1]",
      "/a/../b/%2e%2E/c",
    ),
  ),
  fc.constantFrom("1.1", "1.1", "1.1", "1.4"),
  fieldLines,
  fieldLines,
  framed,
).map(([method, target, version, before, after, { fields, body }]) =>
  `${method} ${target} HTTP/${version}\r\n${before}Host: example.com:8080\r\n${fields}${after}\r\n${body}`
);

/** A response that is right. */
export const validResponse: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
  fc.constantFrom("200 OK", "204 No Content", "304 ", "404", "500 Caf\xe9 closed", "799 Odd"),
  fieldLines,
  fieldLines.map((lines) => lines.replaceAll(": ", " : ")),
  framed,
).map(([interim, status, before, after, { fields, body }]) =>
  `${interim}HTTP/1.1 ${status}\r\n${before}${fields}${after}\r\n${/^(?:204|304)/.test(status) ? "" : body}`
);

/** One to three changes to a message: bytes lost, doubled, put in or replaced. */
function mutated(message: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.tuple(
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.oneof(
      text(["\r", "\n", " ", "\t", ":", ";", ",", "0", "5", "a", "\0", "\x80", "/"], 3),
      fc.constantFrom(
        "\r\n",
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n ",
        "Host: b.example\r\n",
        "0\r\n\r\n",
      ),
    ),
  );
  return fc.tuple(message, fc.array(change, { minLength: 1, maxLength: 3 })).map(([raw, changes]) =>
    changes.reduce((text, [place, lost, put]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + lost);
    }, raw)
  );
}

const short = (list: readonly { readonly raw: string }[]): string[] =>
  list.map(({ raw }) => raw).filter((raw) => raw.length < 4000);

/** Requests right and wrong. */
export const anyRequest: fc.Arbitrary<string> = fc.oneof(
  validRequest,
  mutated(validRequest),
  fc.tuple(validRequest, validRequest).map((pair) => pair.join("")),
  fc.constantFrom(...short(MALFORMED_REQUESTS)),
);

/** Responses right and wrong. */
export const anyResponse: fc.Arbitrary<string> = fc.oneof(
  validResponse,
  mutated(validResponse),
  fc.constantFrom(...short(MALFORMED_RESPONSES), ...short(TRUNCATED_RESPONSES)),
);

/** Bytes without any sense. */
export const noise: fc.Arbitrary<string> = fc.uint8Array({ maxLength: 300 })
  .map((bytes) => String.fromCharCode(...bytes));
