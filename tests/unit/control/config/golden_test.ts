import assert from "node:assert/strict";
import { STRATEGY_NAMES } from "../../../../src/model/config_strategy.ts";
import { readTextFile } from "../../../../src/control/files/read_text_file.ts";
import { formatDiagnostics } from "../../../../src/control/config/format_diagnostic.ts";
import { loadConfig } from "../../../../src/control/config/load.ts";
import { testEnvironment } from "./test_environment.ts";

/**
 * Every file in tests/golden/config is loaded and compared with the `.expected` file beside it: what a user would see for
 * a refused one, warnings and the whole config for a valid one. `UPDATE_GOLDEN=1` writes the expectations anew.
 */
const DIRECTORY = new URL("../../../golden/config/", import.meta.url);

const ENV = testEnvironment({
  PORT: "500",
  NUMBER: "12345",
  WORDS: "two words",
  YAML: "x: [1, 2]\nname: y",
  EMPTY: "",
  NO: "false",
  WORKER: "1",
});

/** Scripts and lists that the files name; they cannot lie beside them, since most scripts are no TypeScript. */
const NAMED: Readonly<Record<string, string>> = {
  "./pick.ts": "export default () => ({ pick: (): number => 0 });\n",
  "pick.ts": "export default () => ({ pick: (): number => 0 });\n",
  "broken.ts": "export default () => {\n  retur 5 };\n",
  "broken.js": "export default () => {\n  retur 5 };\n",
  "enum.ts": "enum Color { red }\nexport default () => Color.red;\n",
  "imports.ts": 'import { pick } from "./pick.ts";\nexport default () => ({ pick });\n',
  "list.txt": "# offices\n192.0.2.0/24\n",
  "bad_list.txt": "192.0.2.0/24\nnobody\n192.0.2.0/40\n1\n2\n",
  "inexact_list.txt": "192.0.2.1\n192.0.2.1/24\n192.0.2.2/24\n",
};

const files = [...Deno.readDirSync(DIRECTORY)].map(({ name }) => name).sort();
const inputs = files.filter((name) => /\.(ya?ml|json)$/.test(name));

function outcome(name: string): string {
  const input = Deno.readFileSync(new URL(name, DIRECTORY));
  const readFile = (path: string): string => NAMED[path] ?? readTextFile(new URL(path, DIRECTORY).pathname);
  const result = loadConfig(input, ENV, { file: name, strategies: STRATEGY_NAMES, readFile });
  if (!result.ok) return formatDiagnostics(result.diagnostics);
  return `${formatDiagnostics(result.warnings)}valid: ${JSON.stringify(result.config, null, 2)}\n`;
}

for (const name of inputs) {
  Deno.test(`golden config ${name}`, () => {
    const actual = outcome(name);
    const expectation = new URL(`${name}.expected`, DIRECTORY);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(expectation, actual);
    assert.equal(actual, Deno.readTextFileSync(expectation));
    const valid = /^(valid|warning|seed)/.test(name);
    assert.equal(/^valid: /m.test(actual), valid, "the name of the file tells whether it is valid");
  });
}

Deno.test("golden config files and expectations are pairs", () => {
  assert.deepEqual(
    files.filter((name) => name.endsWith(".expected")),
    inputs.map((name) => `${name}.expected`),
  );
});
