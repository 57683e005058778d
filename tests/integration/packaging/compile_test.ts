import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import config from "../../../deno.json" with { type: "json" };
import { type ExecutableOptions, makeExecutable } from "../../../scripts/compile.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import { WORKER_ENTRIES } from "../../../scripts/worker_entries.ts";
import { within } from "../../kit/within.ts";
import { PACKAGES } from "../../tidy/layers.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

/** Packages that the program does not load: those of tests, and those of the dashboard, which is bundled beforehand. */
const NOT_IN_PROGRAM: ReadonlySet<string> = new Set([
  ...Object.entries(PACKAGES).filter(([, homes]) => homes.every((home) => home.startsWith("src/dashboard")))
    .map(([name]) => name),
  "@types/d3-sankey",
  "@types/mustache",
]);
/** Takes the runtime's place: it need only be an ELF file, to which the compiler adds a section. */
const ANY_ELF = "/bin/true";
/** What the output's name has been before. */
const LAUNCHER = "#!/bin/sh\n";
/** Type check included, on a machine that is busy otherwise. */
const DEADLINE_MS = 120_000;

/** A file with one character for each byte: strings are searched much faster than arrays. */
function bytesOf(path: string | URL): string {
  return readFileSync(path, "latin1");
}

/** Compiles into a directory of its own. @returns exit code, output, and the files that are in the directory then. */
async function compileTo(
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
  build: ExecutableOptions["build"] = "compiled",
): Promise<{ code: number; io: CapturedIo; files: Map<string, string> }> {
  const directory = await Deno.makeTempDir({ prefix: "fproxy-test-" });
  try {
    await Deno.writeTextFile(`${directory}/fproxy`, LAUNCHER);
    const io = new CapturedIo();
    const code = await within(
      "the compiler",
      makeExecutable({ build, output: `${directory}/fproxy`, timeoutMs, env }, io),
      DEADLINE_MS,
    );
    const files = new Map<string, string>();
    for (const { name } of Deno.readDirSync(directory)) {
      files.set(name, bytesOf(`${directory}/${name}`));
    }
    return { code, io, files };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

interface GraphModule {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
}

/** Files of the repository that are loaded when a module is, as Deno itself sees it; types are not. */
async function loadedWith(entry: string): Promise<Set<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: REPO_ROOT,
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly roots: readonly string[];
    readonly modules: readonly GraphModule[];
  };
  const reached = new Set(roots);
  for (const specifier of reached) {
    for (const { code } of modules.find((one) => one.specifier === specifier)?.dependencies ?? []) {
      if (code?.specifier?.startsWith("file:") === true) reached.add(code.specifier);
    }
  }
  return reached;
}

/** Whether the list of what is embedded has the package. Several of one scope stand under the scope's name. */
function isListed(list: string, name: string): boolean {
  const [scope, own] = name.split("/");
  return new RegExp(`[├└]── ${name}/`).test(list) ||
    (own !== undefined && new RegExp(`[├└]─┬ ${scope} [^]*?[├└]── ${own}/`).test(list));
}

Deno.test({
  name: "compile: every module that the program and its threads load is in the executable",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { code, io, files } = await compileTo({ DENORT_BIN: ANY_ELF }, DEADLINE_MS);
    assert.equal(code, 0, io.err);
    // The list that people see.
    assert.match(io.out, /[├└]── main\.ts /);
    assert.match(io.out, /[├└]── deno\.json /);
    // A directory of which every file is embedded is shown by its name alone.
    assert.match(io.out, /[├└]── (?:worker\.ts|data\/\*|src\/\*) /);
    for (const name of Object.keys(config.imports)) {
      assert.equal(isListed(io.out, name), !NOT_IN_PROGRAM.has(name), name);
    }
    assert.doesNotMatch(io.out, /tests\//);
    // For the same reason the sources are looked up in the executable itself.
    const executable = files.get("fproxy");
    assert.ok(executable !== undefined);
    let count = 0;
    for (const entry of ["main.ts", ...WORKER_ENTRIES]) {
      for (const url of await loadedWith(entry)) {
        assert.ok(
          executable.includes(bytesOf(new URL(url))),
          `${url}, loaded with ${entry}, is not embedded`,
        );
        count++;
      }
    }
    assert.ok(count > 100, `${count} modules`);
    assert.equal(
      executable.includes(bytesOf(`${REPO_ROOT}tests/integration/packaging/compile_test.ts`)),
      false,
    );
  },
});

Deno.test("compile: without the runtime it says so in one line and leaves what was there", async () => {
  const { code, io, files } = await compileTo({ DENORT_BIN: "/nowhere/denort" }, DEADLINE_MS);
  assert.equal(code, 1);
  assert.match(io.err, /^compile: .*Could not find denort.*\n$/);
  assert.equal(io.out, "");
  assert.deepEqual([...files], [["fproxy", LAUNCHER]]);
});

Deno.test("compile: it does not wait forever", async () => {
  const { code, io, files } = await compileTo({}, 1);
  assert.equal(code, 1);
  assert.match(io.err, /^compile: .*nothing came within 1 ms.*\n$/);
  assert.deepEqual([...files], [["fproxy", LAUNCHER]]);
});

Deno.test({
  name: "compile: where the runtime cannot be had a self-contained file is made, and it says so",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { code, io, files } = await compileTo({ DENORT_BIN: "/nowhere/denort" }, DEADLINE_MS, "auto");
    assert.equal(code, 0, io.err);
    assert.match(io.err, /^compile: .*Could not find denort.*; a self-contained file is made instead\n$/);
    assert.match(io.out, /^wrote .*fproxy, \d+ MB, which unpacks itself/);
    assert.deepEqual([...files.keys()], ["fproxy"]);
    assert.match(files.get("fproxy") ?? "", /^#!\/bin\/sh\n/);
  },
});
