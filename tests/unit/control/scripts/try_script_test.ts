import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { SCRIPT_TRIAL_TIMEOUT_MS } from "../../../../src/base/limits.ts";
import { type ScriptSubject, tryScript } from "../../../../src/control/scripts/try_script.ts";
import { within } from "../../../kit/within.ts";

function subject(
  text: string,
  parts: Partial<ScriptSubject> & { readonly file?: string } = {},
): ScriptSubject {
  const target = { weight: 1, backup: false, priority: 0, zone: "", labels: { disk: "ssd" } };
  return {
    script: { file: parts.file ?? "conf/pick.ts", text },
    app: "web",
    isHttp: false,
    targets: [{ key: "a:80", ...target }, { key: "b:80", ...target, backup: true }],
    ...parts,
  };
}

async function failureOf(text: string, parts: Parameters<typeof subject>[1] = {}): Promise<string | null> {
  return (await within("a trial", tryScript(subject(text, parts), systemClock))).failure;
}

Deno.test("a script that works passes, whatever it chooses", async () => {
  for (
    const text of [
      "export default (): { pick(): number } => ({ pick: (): number => 0 });",
      "export default class { pick() { return 'not yet'; } }",
      "export default class { pick() { throw new Error('not yet'); } }",
      "import type { Strategy } from './strategy.ts'; export default (): Strategy => ({ pick: () => 0 });",
    ]
  ) assert.equal(await failureOf(text), null, text);
});

Deno.test("it is given its app's targets, and in mode http a request", async () => {
  const text = `export default ({ app, targets, set }) => {
    if (app !== "web" || targets[1].key !== "b:80" || targets[0].labels.disk !== "ssd") throw new Error("odd");
    if (set.count !== 1 || set.members[0] !== 0 || set.weights[1] !== 0) throw new Error("odd set");
    return { pick: ({ http }) => { while (http.method !== "GET"); return 0; } };
  };`;
  assert.equal(await failureOf(text, { file: "pick.js", isHttp: true }), null);
});

Deno.test("what is no strategy is refused, with the place of what it threw", async () => {
  const wrong: Readonly<Record<string, RegExp>> = {
    "export const pick = 1;": /^it has no default export$/,
    "export default 5;": /^its default export is neither a function nor a class$/,
    "export default async () => ({ pick: () => 0 });": /has no pick\(\)$/,
    "export default () => ({ async pick() { return 0; } });":
      /^pick\(\) returns a promise, and threads do not wait$/,
    "await 0;\nexport default () => ({ pick: () => 0 });": /^it awaits something at its top level/,
    "export default function () { return { pick: () => 0 }; }\nawait 0;":
      /^it awaits something at its top level/,
    "export default () => {\n  throw new Error('no gpu');\n};": /^Error: no gpu \(conf\/pick\.ts:2:9\)$/,
    "\nnobody();\nexport default 1;": /^ReferenceError: nobody is not defined \(conf\/pick\.ts:2:1\)$/,
    "import { a } from './a.ts';\nexport default () => ({ pick: () => a });":
      /^it imports \.\/a\.ts, and a script stands alone/,
    "export default () => {\n  retur 5;\n};": /^it has a syntax error: Expected .* \(2:9\)$/,
    "enum Color { red }\nexport default Color;":
      /^TypeScript enum is not supported in strip-only mode \(1:1\)$/,
    "export default () => Deno.readTextFileSync('/etc/passwd');": /^NotCapable: Requires read access/,
  };
  for (const [text, complaint] of Object.entries(wrong)) {
    assert.match(await failureOf(text) ?? "passed", complaint, text);
  }
  const text = "export default () => {\n  retur 5;\n};";
  assert.match(
    await failureOf(text, { file: "pick.mjs" }) ?? "passed",
    /^it has a syntax error: Expected .* \(2:9\)$/,
  );
});

Deno.test("one that never returns is given up, and may be tried again", async () => {
  const loops = subject("export default class { pick() { for (;;); } }");
  const { failure, isTimeout } = await within("the end of a trial", tryScript(loops, systemClock));
  assert.equal(failure, `it did not return within ${SCRIPT_TRIAL_TIMEOUT_MS / 1000} s`);
  assert.equal(isTimeout, true);
});
