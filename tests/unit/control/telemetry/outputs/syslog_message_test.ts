import assert from "node:assert/strict";
import fc from "fast-check";
import { SYSLOG_MESSAGE_MAX_BYTES } from "../../../../../src/base/limits.ts";
import {
  type SyslogContent,
  SyslogMessages,
} from "../../../../../src/control/telemetry/outputs/syslog_message.ts";
import type { SyslogOutput } from "../../../../../src/model/config_log.ts";

const PLAIN: SyslogOutput = {
  type: "syslog",
  address: { transport: "unix", path: "/dev/log" },
  facility: "local0",
  app_name: "fproxy",
};
const STRUCTURED: SyslogOutput = { ...PLAIN, structured_data: "fproxy@32473" };
const CONTENT: SyslogContent = {
  level: "info",
  ts: "2026-11-28T07:37:50.371Z",
  kind: "access",
  fields: {},
  text: "hello",
};

function message(config: SyslogOutput, changes: Partial<SyslogContent> = {}, hostname = "edge-1"): string {
  return new SyslogMessages(config, { hostname, pid: 7 }).format({ ...CONTENT, ...changes });
}

Deno.test("a message has the header of RFC 5424", () => {
  assert.equal(message(PLAIN), "<134>1 2026-11-28T07:37:50.371Z edge-1 fproxy 7 access - hello\n");
  const priorities = (["debug", "info", "warn", "error"] as const)
    .map((level) => /^<\d+>/.exec(message({ ...PLAIN, facility: "daemon" }, { level }))?.[0]);
  assert.deepEqual(priorities, ["<31>", "<30>", "<28>", "<27>"]);
  assert.match(message({ ...PLAIN, facility: "kern" }, { level: "error" }), /^<3>1 /);
});

Deno.test("what has no place in the header is left out", () => {
  assert.match(
    message(PLAIN, { kind: "a b\n" + "x".repeat(40) }, "edge 1\n"),
    /Z edge1 fproxy 7 abx{30} - hello\n$/,
  );
  assert.match(message(PLAIN, { text: "" }, "…"), /Z - fproxy 7 access -\n$/);
});

Deno.test("fields are structured data where it has a name; nothing is left of those that say nothing", () => {
  const fields = {
    app: 'a "b" \\ ] c\n',
    tried: ["x:1", "y:2"],
    ms: 1.5,
    target: null,
    on: true,
    "odd key=]": 1,
  };
  assert.equal(
    message(STRUCTURED, { fields }),
    "<134>1 2026-11-28T07:37:50.371Z edge-1 fproxy 7 access " +
      String
        .raw`[fproxy@32473 app="a \"b\" \\ \] c\x0a" tried="x:1,y:2" ms="1.5" on="true" oddkey__="1"] hello` +
      "\n",
  );
  assert.match(message(STRUCTURED, { text: "" }), /access \[fproxy@32473\]\n$/);
});

Deno.test("long messages are cut between two characters, and half a structure is left out", () => {
  const long = message(PLAIN, { text: "é".repeat(SYSLOG_MESSAGE_MAX_BYTES) });
  const bytes = new TextEncoder().encode(long).length;
  assert.ok(bytes <= SYSLOG_MESSAGE_MAX_BYTES && bytes > SYSLOG_MESSAGE_MAX_BYTES - 3, String(bytes));
  assert.match(long, /é\n$/);
  const fields = { path: "x".repeat(SYSLOG_MESSAGE_MAX_BYTES) };
  assert.equal(message(STRUCTURED, { fields }), message(PLAIN));
});

Deno.test("fuzz: a message is one line of the grammar of RFC 5424, whatever the fields hold", () => {
  const grammar =
    /^<134>1 \S+ edge-1 fproxy 7 access \[fproxy@32473(?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\[\S\s])*")*\] hello\n$/u;
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: "binary" }), { maxKeys: 5 }),
      (fields) => {
        const text = message(STRUCTURED, { fields });
        assert.match(text, grammar);
        assert.equal(text.indexOf("\n"), text.length - 1);
      },
    ),
    { numRuns: 300 },
  );
});
