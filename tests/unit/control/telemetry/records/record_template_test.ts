import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../../../src/base/random.ts";
import {
  type AccessRecord,
  RECORD_FIELDS,
} from "../../../../../src/control/telemetry/records/access_record.ts";
import {
  compileTemplate,
  TEMPLATE_FIELDS,
  TEMPLATE_LETTERS,
  templateMistakes,
} from "../../../../../src/control/telemetry/records/record_template.ts";
import { templateFormat } from "../../../../../src/control/telemetry/records/template_format.ts";
import { writeAccessRecord } from "../../../../../src/data/access_line.ts";
import { ByteSink } from "../../../../../src/data/byte_sink.ts";
import { ServerSpan } from "../../../../../src/data/tracing/server_span.ts";

/** A record as a data thread writes it, with every field. */
function written(
  changes: { readonly method?: string; readonly path?: string; readonly app?: string } = {},
): string {
  const out = new ByteSink();
  const facts = {
    ts: Date.parse("2026-11-28T07:37:50.371Z"),
    id: "1-2",
    app: changes.app ?? "web",
    listener: "127.0.0.1:80",
    clientAddr: "[2001:db8::7]:55286",
    proxyAddr: "10.0.0.9:443",
    target: "http://one.example:80",
    attempts: 2,
    tried: ["http://two.example:80"],
    connectMs: 1.5,
    firstByteMs: null,
    durationMs: 1234.5678,
    bytesIn: 17,
    bytesOut: 0,
    revision: 3,
    pickedBy: "first",
    closeReason: "done",
  } as const;
  const request = {
    method: changes.method ?? "GET",
    path: changes.path ?? "/a/b?c=d",
    status: 200,
    endpoint: 1,
    dispatch: "sequential",
    replay: "none",
    tls: true,
    answerError: "no reason",
  } as const;
  const span = new ServerSpan("1".repeat(32), null, true, seededRandom(1));
  writeAccessRecord(out, facts, request, span);
  return new TextDecoder().decode(out.view());
}

function line(template: string, text = written()): string {
  return compileTemplate(template)(JSON.parse(text));
}

Deno.test("letters are those of Apache", () => {
  assert.equal(
    line('%h [%t] "%r" %s %b'),
    '2001:db8::7 [28/Nov/2026:07:37:50 +0000] "GET /a/b?c=d" 200 -',
  );
  assert.equal(line("%m %U %q %B %I %O %D %T 100%%"), "GET /a/b ?c=d 0 17 0 1234568 1 100%");
});

Deno.test("named fields are those of the record, and some made of them; what is not known is a dash", () => {
  assert.equal(line("%{client_ip} %{client_port} %{ts}"), "2001:db8::7 55286 2026-11-28T07:37:50.371Z");
  assert.equal(line("%{tried}|%{first_byte_ms}|%{tls}|%{connect_ms}"), "http://two.example:80|-|true|1.5");
  const tcp: AccessRecord = {
    client_addr: "127.0.0.1:9",
    duration_ms: 0.25,
    bytes_out: 5,
    target: null,
    tried: [],
  };
  assert.equal(
    compileTemplate('%h "%r" %m %U %q %s %b %D %{target} %{tried}')(tcp),
    '127.0.0.1 "-" - - - - 5 250 - -',
  );
});

Deno.test("the fields that are known are those that data threads write", () => {
  assert.deepEqual(Object.keys(JSON.parse(written())), [...RECORD_FIELDS]);
  for (const name of TEMPLATE_FIELDS) assert.notEqual(line(`%{${name}}`), "", name);
  for (const name of Object.values(TEMPLATE_LETTERS)) assert.ok(TEMPLATE_FIELDS.includes(name), name);
});

Deno.test("mistakes are told with their places, all of them", () => {
  const places = (template: string): string[] =>
    templateMistakes(template).map(({ start, end, message }) => `${template.slice(start, end)}: ${message}`);
  assert.deepEqual(places("%h %x %{nope} %{app"), [
    '%x: "%x" has no meaning',
    '%{nope}: no field is called "nope"',
    '%{app: "%{app" lacks its "}"',
  ]);
  assert.deepEqual(places("50%"), ['%: a "%" at the end: write "%%" for a percent sign']);
  assert.deepEqual(places("%h\n%h"), ["\n: a control character: a record is one line"]);
  assert.deepEqual(places("%h %% %{app}"), []);
  assert.throws(() => compileTemplate("%h %x"), {
    name: "RangeError",
    message: '"%x" has no meaning, at character 4',
  });
});

Deno.test("what clients send ends neither a line nor quotes", () => {
  const text = written({
    path: '/"\n127.0.0.1 [x] "GET /forged" 200 1\r\x1b[2J\u2028\u202e\\',
    method: "A\tB",
  });
  assert.equal(
    line('"%r"', text),
    '"A\\x09B /\\"\\x0a127.0.0.1 [x] \\"GET /forged\\" 200 1\\x0d\\x1b[2J\\u{2028}\\u{202e}\\\\"',
  );
});

Deno.test("fuzz: one record is one line without control characters, and quotes around a field stay its ends", () => {
  const anything = fc.string({ unit: "binary", maxLength: 60 });
  const quoted = /^"(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/u;
  fc.assert(
    fc.property(anything, anything, anything, (method, path, app) => {
      const out = templateFormat('"%r" "%{app}" "%q"')(written({ method, path, app }));
      assert.ok(out.endsWith("\n"));
      const own = out.slice(0, -1);
      assert.doesNotMatch(own, /[\p{C}\p{Zl}\p{Zp}]/u);
      assert.match(own, quoted);
    }),
    { numRuns: 500 },
  );
});

Deno.test("fuzz: any text is a template or has a mistake within it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("%", "{", "}", "h", "a", "p", " ", "x", "\n", "€") }),
      (template) => {
        const mistakes = templateMistakes(template);
        for (const { start, end } of mistakes) assert.ok(0 <= start && start < end && end <= template.length);
        if (mistakes.length === 0) assert.doesNotMatch(line(template), /\n/);
        else assert.throws(() => compileTemplate(template), RangeError);
      },
    ),
    { numRuns: 2_000 },
  );
});
