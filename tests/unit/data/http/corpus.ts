/** One request that must be refused, or response that must never reach a client as it is. */
export interface MalformedMessage {
  readonly name: string;
  /** As it goes over the wire, one byte a character. */
  readonly raw: string;
  /** RFC and section of the rule that it breaks. */
  readonly section: string;
  /** What the client is to be answered. */
  readonly status: number;
  /**
   * Where the mistake shows: in the head no endpoint hears of the request; in the body one may have got the head
   * already, but must never see the message end.
   */
  readonly part: "head" | "body";
}

const HOST = "Host: example.com\r\n";
const POST = `POST / HTTP/1.1\r\n${HOST}`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
/** A request that a fooled reader would find behind the first one. */
const HIDDEN = `GET /hidden HTTP/1.1\r\n${HOST}\r\n`;

type Row = readonly [name: string, raw: string, status?: number];

function rows(section: string, part: "head" | "body", list: readonly Row[]): MalformedMessage[] {
  return list.map(([name, raw, status]) => ({ name, raw, section, part, status: status ?? 400 }));
}

/** Requests, each to be sent as the first on a connection; the answer must close it. */
export const MALFORMED_REQUESTS: readonly MalformedMessage[] = [
  ...rows("RFC 9112 3", "head", [
    ["binary instead of a request", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"],
    ["space before the method", ` GET / HTTP/1.1\r\n${HOST}\r\n`],
    ["method with a slash", `GE/T / HTTP/1.1\r\n${HOST}\r\n`],
    ["method with a NUL", `GE\0T / HTTP/1.1\r\n${HOST}\r\n`],
    ["method with a colon", `GET: / HTTP/1.1\r\n${HOST}\r\n`],
    ["method without end", `${"A".repeat(9000)} / HTTP/1.1\r\n${HOST}\r\n`, 414],
    ["method longer than any known", `${"A".repeat(40)} / HTTP/1.1\r\n${HOST}\r\n`, 501],
    ["tab between method and target", `GET\t/ HTTP/1.1\r\n${HOST}\r\n`],
    ["two spaces before the target", `GET  / HTTP/1.1\r\n${HOST}\r\n`],
    ["two spaces before the version", `GET /  HTTP/1.1\r\n${HOST}\r\n`],
    ["space at the line's end", `GET / HTTP/1.1 \r\n${HOST}\r\n`],
    ["no target", `GET HTTP/1.1\r\n${HOST}\r\n`],
    ["target too long", `GET /${"a".repeat(9000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
  ]),
  ...rows("RFC 9112 2.3", "head", [
    ["no version (HTTP/0.9)", "GET /\r\n\r\n"],
    ["lower-case http", `GET / http/1.1\r\n${HOST}\r\n`],
    ["two-digit minor version", `GET / HTTP/1.10\r\n${HOST}\r\n`],
    ["version without minor", `GET / HTTP/1\r\n${HOST}\r\n`],
    ["version with a letter", `GET / HTTP/1.x\r\n${HOST}\r\n`],
    ["another protocol's name", `GET / ICAP/1.0\r\n${HOST}\r\n`],
    ["HTTP/2.0 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    ["HTTP/3.0", `GET / HTTP/3.0\r\n${HOST}\r\n`, 505],
    ["HTTP/0.9 written out", `GET / HTTP/0.9\r\n${HOST}\r\n`, 505],
  ]),
  ...rows("RFC 9112 3.2", "head", [
    ["target without a slash", `GET index.html HTTP/1.1\r\n${HOST}\r\n`],
    ["target with a fragment", `GET /#top HTTP/1.1\r\n${HOST}\r\n`],
    ["target with a raw high byte", `GET /caf\xe9 HTTP/1.1\r\n${HOST}\r\n`],
    ["target with a DEL", `GET /a\x7fb HTTP/1.1\r\n${HOST}\r\n`],
    ["target with a NUL", `GET /a\0b HTTP/1.1\r\n${HOST}\r\n`],
    ["target with a bare CR", `GET /a\rb HTTP/1.1\r\n${HOST}\r\n`],
    ["asterisk for GET", `GET * HTTP/1.1\r\n${HOST}\r\n`],
    ["asterisk and more", `OPTIONS *x HTTP/1.1\r\n${HOST}\r\n`],
    ["authority form for GET", `GET example.com:80 HTTP/1.1\r\n${HOST}\r\n`],
    ["absolute form of another scheme", `GET ftp://example.com/ HTTP/1.1\r\n${HOST}\r\n`],
    ["absolute form without a host", `GET http:///x HTTP/1.1\r\n${HOST}\r\n`],
    ["absolute form with user information", `GET http://a@example.com/ HTTP/1.1\r\n${HOST}\r\n`],
    ["absolute form with a bad port", `GET http://example.com:99999/ HTTP/1.1\r\n${HOST}\r\n`],
    ["absolute form without Host", "GET http://example.com/ HTTP/1.1\r\n\r\n"],
  ]),
  ...rows("RFC 9110 9.3.6", "head", [
    ["CONNECT", `CONNECT example.com:443 HTTP/1.1\r\n${HOST}\r\n`, 501],
  ]),
  ...rows("RFC 9112 3.2 (Host)", "head", [
    ["no Host", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"],
    ["two Hosts", `GET / HTTP/1.1\r\n${HOST}Host: other.example\r\n\r\n`],
    ["the same Host twice", `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`],
    ["two Hosts in HTTP/1.0", `GET / HTTP/1.0\r\n${HOST}Host: other.example\r\n\r\n`],
    ["empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"],
    ["Host with a path", "GET / HTTP/1.1\r\nHost: example.com/x\r\n\r\n"],
    ["Host with user information", "GET / HTTP/1.1\r\nHost: a@example.com\r\n\r\n"],
    ["Host with a space", "GET / HTTP/1.1\r\nHost: exam ple.com\r\n\r\n"],
    ["Host as a list", "GET / HTTP/1.1\r\nHost: a.example,b.example\r\n\r\n"],
    ["Host with a bad port", "GET / HTTP/1.1\r\nHost: example.com:8x\r\n\r\n"],
    ["Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"],
    ["Host hidden by white space", `GET / HTTP/1.1\r\nHost : example.com\r\n\r\n`],
  ]),
  ...rows("RFC 9112 5.1", "head", [
    ["space before the colon", `GET / HTTP/1.1\r\n${HOST}Accept : */*\r\n\r\n`],
    ["tab before the colon", `${POST}Content-Length\t: 5\r\n\r\nhello`],
    ["space before the colon of Transfer-Encoding", `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ["no colon", `GET / HTTP/1.1\r\n${HOST}Accept\r\n\r\n`],
    ["empty name", `GET / HTTP/1.1\r\n${HOST}: value\r\n\r\n`],
    ["name with a high byte", `GET / HTTP/1.1\r\n${HOST}caf\xe9: x\r\n\r\n`],
    ["name with a NUL", `GET / HTTP/1.1\r\n${HOST}a\0b: x\r\n\r\n`],
    ["name with brackets", `GET / HTTP/1.1\r\n${HOST}a[b]: x\r\n\r\n`],
    ["quoted name", `GET / HTTP/1.1\r\n${HOST}"a": x\r\n\r\n`],
  ]),
  ...rows("RFC 9112 5.2", "head", [
    ["folded line", `GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
    ["folded with a tab", `GET / HTTP/1.1\r\n${HOST}X: a\r\n\tb\r\n\r\n`],
    ["folded Transfer-Encoding", `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ["folded first line", `GET / HTTP/1.1\r\n ${HOST}\r\n`],
    ["line of spaces", `GET / HTTP/1.1\r\n${HOST} \r\n\r\n`],
  ]),
  ...rows("RFC 9110 5.5", "head", [
    ["NUL in a value", `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`],
    ["escape in a value", `GET / HTTP/1.1\r\n${HOST}X: a\x1bb\r\n\r\n`],
    ["DEL in a value", `GET / HTTP/1.1\r\n${HOST}X: a\x7fb\r\n\r\n`],
    ["vertical tab before chunked", `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
  ]),
  ...rows("RFC 9112 2.2", "head", [
    ["bare LF after the request line", `GET / HTTP/1.1\n${HOST}\r\n`],
    ["bare LF after a field", "GET / HTTP/1.1\r\nHost: example.com\nX: y\r\n\r\n"],
    ["bare LFs everywhere", "GET / HTTP/1.1\nHost: example.com\n\n"],
    ["bare LF as the empty line", `GET / HTTP/1.1\r\n${HOST}\n`],
    ["bare CR in a value", `GET / HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`],
    ["bare CR as a line end", `GET / HTTP/1.1\r\n${HOST}X: a\rTransfer-Encoding: chunked\r\n\r\n`],
    ["bare CR as the empty line", `GET / HTTP/1.1\r\n${HOST}\rX: y\r\n\r\n`],
    ["CR CR LF", `GET / HTTP/1.1\r\n${HOST}X: a\r\r\n\r\n`],
    ["many empty lines first", `${"\r\n".repeat(20)}GET / HTTP/1.1\r\n${HOST}\r\n`],
    ["bare LF first", `\nGET / HTTP/1.1\r\n${HOST}\r\n`],
    ["bare CR first", `\rGET / HTTP/1.1\r\n${HOST}\r\n`],
  ]),
  ...rows("RFC 9112 6.3 (both)", "head", [
    [
      "CL.TE: length and chunked",
      `${POST}Content-Length: ${5 + HIDDEN.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    [
      "TE.CL: chunked and length",
      `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n10\r\n${HIDDEN}\r\n0\r\n\r\n`,
    ],
    ["length 0 and chunked", `${POST}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    [
      "length behind Connection and chunked",
      `${POST}Connection: Content-Length\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
  ]),
  ...rows("RFC 9112 6.3 (length)", "head", [
    ["two lengths that differ", `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`],
    ["the same length twice", `${POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
    ["lengths as a list", `${POST}Content-Length: 5, 5\r\n\r\nhello`],
    ["lengths that differ as a list", `${POST}Content-Length: 5, 6\r\n\r\nhello!`],
    ["negative length", `${POST}Content-Length: -5\r\n\r\n`],
    ["length with a plus", `${POST}Content-Length: +5\r\n\r\nhello`],
    ["hexadecimal length", `${POST}Content-Length: 0x5\r\n\r\nhello`],
    ["length with a fraction", `${POST}Content-Length: 5.0\r\n\r\nhello`],
    ["length with a space inside", `${POST}Content-Length: 1 0\r\n\r\nhello`],
    ["empty length", `${POST}Content-Length:\r\n\r\n`],
    ["length that overflows", `${POST}Content-Length: 18446744073709551621\r\n\r\nhello`],
    ["length in other digits", `${POST}Content-Length: \xb2\r\n\r\nhe`],
  ]),
  ...rows("RFC 9112 6.1", "head", [
    ["chunked in HTTP/1.0", `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["unknown coding before chunked", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    [
      "unknown coding on its own line",
      `${POST}Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
      501,
    ],
  ]),
  ...rows("RFC 9112 6.3 (coding)", "head", [
    ["chunked not last", `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ["chunked twice", `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
    [
      "chunked on two lines",
      `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["identity", `${POST}Transfer-Encoding: identity\r\n\r\n`],
    ["unknown coding alone", `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["chunked in quotes", `${POST}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`],
    ["chunked with a parameter", `${POST}Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n`],
    ["chunked behind an empty element", `${POST}Transfer-Encoding: , chunked\r\n\r\n0\r\n\r\n`],
    ["empty coding", `${POST}Transfer-Encoding:\r\n\r\n`],
    [
      "chunked and identity on two lines",
      `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n`,
    ],
  ]),
  ...rows("RFC 9112 7.1", "body", [
    ["chunk size that is no number", `${CHUNKED}g\r\nhello\r\n0\r\n\r\n`],
    ["empty chunk size", `${CHUNKED}\r\nhello\r\n0\r\n\r\n`],
    ["chunk size with 0x", `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`],
    ["negative chunk size", `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`],
    ["chunk size with a plus", `${CHUNKED}+5\r\nhello\r\n0\r\n\r\n`],
    ["chunk size with a space first", `${CHUNKED} 5\r\nhello\r\n0\r\n\r\n`],
    ["chunk size with a space behind", `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`],
    ["chunk size that overflows 64 bits", `${CHUNKED}10000000000000005\r\nhello\r\n0\r\n\r\n`],
    ["chunk size that overflows 53 bits", `${CHUNKED}20000000000005\r\nhello\r\n0\r\n\r\n`],
    ["bare LF after the chunk size", `${CHUNKED}5\nhello\r\n0\r\n\r\n`],
    ["bare CR after the chunk size", `${CHUNKED}5\rhello\r\n0\r\n\r\n`],
    ["chunk longer than its size", `${CHUNKED}5\r\nhello!\r\n0\r\n\r\n`],
    ["chunk without its CRLF", `${CHUNKED}5\r\nhello0\r\n\r\n`],
    ["other bytes in place of the chunk's CRLF", `${CHUNKED}5\r\nhelloxx0\r\n\r\n`],
    ["CR and another byte after the chunk", `${CHUNKED}5\r\nhello\rx0\r\n\r\n`],
    ["bare LF after the chunk", `${CHUNKED}5\r\nhello\n0\r\n\r\n`],
    ["bare LF after the last chunk", `${CHUNKED}0\n\n`],
  ]),
  ...rows("RFC 9112 7.1.1", "body", [
    ["bare LF in a chunk extension", `${CHUNKED}5;a\nhello\r\n0\r\n\r\n`],
    ["chunk extension without a name", `${CHUNKED}5;\r\nhello\r\n0\r\n\r\n`],
    ["chunk extension with a NUL", `${CHUNKED}5;a=\0\r\nhello\r\n0\r\n\r\n`],
    ["chunk extension with an open quote", `${CHUNKED}5;a="b\r\nhello\r\n0\r\n\r\n`],
    ["bare CR in a chunk extension", `${CHUNKED}5;a=b\rc\r\nhello\r\n0\r\n\r\n`],
    ["chunk extension too long", `${CHUNKED}5;a=${"b".repeat(2000)}\r\nhello\r\n0\r\n\r\n`],
    ["many chunk extensions", `${CHUNKED}${`1;${"b".repeat(90)}\r\nx\r\n`.repeat(20)}0\r\n\r\n`],
  ]),
  ...rows("RFC 9112 7.1.2", "body", [
    ["folded trailer", `${CHUNKED}0\r\nX: a\r\n b\r\n\r\n`],
    ["trailer without a colon", `${CHUNKED}0\r\nX\r\n\r\n`],
    ["request in place of a trailer", `${CHUNKED}0\r\n${HIDDEN}`],
    ["bare LF in a trailer", `${CHUNKED}0\r\nX: a\n\r\n`],
    ["trailers too large", `${CHUNKED}0\r\nX: ${"a".repeat(9000)}\r\n\r\n`, 431],
  ]),
  ...rows("RFC 6585 5", "head", [
    ["value too long", `GET / HTTP/1.1\r\n${HOST}X: ${"a".repeat(40_000)}\r\n\r\n`, 431],
    ["too many fields", `GET / HTTP/1.1\r\n${HOST}${"X: y\r\n".repeat(120)}\r\n`, 431],
    ["name without end", `GET / HTTP/1.1\r\n${HOST}${"a".repeat(40_000)}`, 431],
  ]),
  ...rows("RFC 9110 9.3.8", "head", [
    ["TRACE with a body", `TRACE / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`],
  ]),
  ...rows("RFC 9110 10.1.1", "head", [
    ["unknown expectation", `${POST}Expect: a-miracle\r\nContent-Length: 5\r\n\r\nhello`, 417],
  ]),
];

const OK = "HTTP/1.1 200 OK\r\n";
const OK_CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** Responses of an endpoint to a GET without upgrade; what cannot be answered otherwise is a 502. */
export const MALFORMED_RESPONSES: readonly MalformedMessage[] = [
  ...rows("RFC 9112 4", "head", [
    ["binary instead of a response", "\x15\x03\x01\x00\x02\x02\x28"],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["body without a head", "<html>hello</html>\r\n\r\n"],
    ["no status", "HTTP/1.1 OK\r\n\r\n"],
    ["two-digit status", "HTTP/1.1 20 OK\r\n\r\n"],
    ["four-digit status", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["status below 100", "HTTP/1.1 099 Odd\r\n\r\n"],
    ["two spaces before the status", "HTTP/1.1  200 OK\r\n\r\n"],
    ["NUL in the reason", "HTTP/1.1 200 O\0K\r\n\r\n"],
    ["bare LF after the status line", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"],
    ["bare CR in the reason", "HTTP/1.1 200 O\rK\r\n\r\n"],
    ["status line too long", `HTTP/1.1 200 ${"a".repeat(9000)}\r\n\r\n`],
  ]),
  ...rows("RFC 9112 2.3", "head", [
    ["HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"],
    ["lower-case http", "http/1.1 200 OK\r\n\r\n"],
    ["ICY", "ICY 200 OK\r\n\r\n"],
  ]),
  ...rows("RFC 9112 5", "head", [
    ["folded line", `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
    ["no colon", `${OK}X\r\n\r\n`],
    ["empty name", `${OK}: x\r\n\r\n`],
    ["NUL in a value", `${OK}X: a\0b\r\n\r\n`],
    ["bare CR in a value (response splitting)", `${OK}Location: /a\rSet-Cookie: x=y\r\n\r\n`],
    ["bare LF in a value (response splitting)", `${OK}Location: /a\nSet-Cookie: x=y\r\n\r\n`],
    ["head too large", `${OK}X: ${"a".repeat(40_000)}\r\n\r\n`],
    ["too many fields", `${OK}${"X: y\r\n".repeat(120)}\r\n`],
  ]),
  ...rows("RFC 9112 6", "head", [
    ["length and chunked", `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["two lengths", `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ["bad length", `${OK}Content-Length: five\r\n\r\nhello`],
    ["unknown coding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["chunked not last", `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ["chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ]),
  ...rows("RFC 9110 15.2", "head", [
    ["switch that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
    ["endless interim responses", "HTTP/1.1 102 Processing\r\n\r\n".repeat(50)],
  ]),
  ...rows("RFC 9112 7.1", "body", [
    ["bad chunk size", `${OK_CHUNKED}xyz\r\n`],
    ["chunk longer than its size", `${OK_CHUNKED}3\r\nhello\r\n0\r\n\r\n`],
    ["bare LF after the chunk size", `${OK_CHUNKED}5\nhello\r\n0\r\n\r\n`],
    ["chunk size that overflows", `${OK_CHUNKED}fffffffffffffffff\r\n`],
  ]),
].map((message) => ({ ...message, status: 502 }));

/** Responses that end before they are complete when the endpoint closes after them. */
export const TRUNCATED_RESPONSES: readonly MalformedMessage[] = rows("RFC 9112 8", "body", [
  ["nothing at all", ""],
  ["half a status line", "HTTP/1.1 20"],
  ["half a head", `${OK}Content-Length: 5\r\n`],
  ["only an interim response", "HTTP/1.1 100 Continue\r\n\r\n"],
  ["body shorter than its length", `${OK}Content-Length: 5\r\n\r\nhell`],
  ["no body of a length", `${OK}Content-Length: 5\r\n\r\n`],
  ["chunked without a chunk", OK_CHUNKED],
  ["within a chunk", `${OK_CHUNKED}5\r\nhel`],
  ["after a chunk", `${OK_CHUNKED}5\r\nhello\r\n`],
  ["before the last CRLF", `${OK_CHUNKED}5\r\nhello\r\n0\r\n`],
  ["within a trailer", `${OK_CHUNKED}0\r\nX: y\r\n`],
]).map((message) => ({ ...message, status: 502 }));
