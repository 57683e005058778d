import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { has } from "../../kit/programs.ts";
import { repoFiles } from "../../tidy/repo_files.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

function read(path: string): string {
  return Deno.readTextFileSync(REPO_ROOT + path);
}

Deno.test("README: every task that it names exists, and every task of deno.json is named", () => {
  const pages = ["README.md", "docs/architecture.md"].map(read).join("\n");
  const named = new Set(
    [...pages.matchAll(/\b(?:deno|deno@[\d.]+) task ([a-z-]+)/g)].map(([, task]) => task),
  );
  assert.deepEqual([...named].sort(), Object.keys(config.tasks).sort());
});

Deno.test("README: its table has every command", async () => {
  const io = new CapturedIo();
  assert.equal(await runProgram(["--help"], io), 0);
  const list = io.out.slice(io.out.indexOf("\nCommands:\n"));
  const commands = [...list.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
  assert.ok(commands.includes("check"), list);
  const named = [...read("README.md").matchAll(/^\| `fproxy ([a-z][a-z-]*)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(named)].sort(), commands.sort());
});

Deno.test("architecture: every decision is linked", () => {
  const page = read("docs/architecture.md");
  for (const { name } of Deno.readDirSync(`${REPO_ROOT}docs/decisions`)) {
    assert.ok(page.includes(`](decisions/${name})`), name);
  }
});

Deno.test("README: its configs are valid", async () => {
  const blocks = [...read("README.md").matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? "");
  assert.ok(blocks.length > 0);
  for (const text of blocks) {
    const path = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      await Deno.writeTextFile(path, text);
      const io = new CapturedIo();
      assert.equal(await runProgram(["check", "--config", path], io), 0, io.err);
      assert.equal(io.err, "");
    } finally {
      await Deno.remove(path);
    }
  }
});

Deno.test("architecture: every test that a promise names exists", () => {
  const promises = [...read("docs/architecture.md").matchAll(/`(tests\/[\w/]+\.ts)`: "([^"]+)"/g)];
  assert.ok(promises.length > 0);
  for (const [, path = "", name = ""] of promises) {
    assert.ok(read(path).includes(name), `${path} has no test "${name}"`);
  }
});

/** Runs .ci/count on a log of the gate. */
async function count(log: string, exitCode: number): Promise<{ code: number; line: string }> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, log);
    await using program = new LaunchedProgram({
      command: `${REPO_ROOT}.ci/count`,
      args: [path, String(exitCode)],
    });
    const { code, stdout, stderr } = await program.result();
    assert.equal(stderr, "");
    return { code, line: stdout };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test({
  name: ".ci/run: its last line adds up what `deno test` says",
  ignore: !has("bash") || !has("awk"),
  fn: async () => {
    const tidy = "running 14 tests\nok | 14 passed | 0 failed (2s)\n";
    const good = `${tidy}ok | 120 passed (3 steps) | 0 failed | 2 ignored (12s)\n`;
    assert.deepEqual(await count(good, 0), { code: 0, line: "134 passed, 0 failed, 2 skipped\n" });
    assert.deepEqual(await count(tidy, 0), { code: 0, line: "14 passed, 0 failed\n" });
    const bad = `${tidy}FAILED | 118 passed | 2 failed | 0 ignored | 4 filtered out (1m2s)\n`;
    assert.deepEqual(await count(bad, 1), { code: 1, line: "132 passed, 2 failed\n" });
    assert.deepEqual(await count("error: Found 3 problems\n", 1), { code: 1, line: "0 passed, 1 failed\n" });
    assert.deepEqual(await count(tidy, 124), { code: 1, line: "14 passed, 1 failed\n" });
    assert.deepEqual(await count("nothing ran\n", 0), { code: 1, line: "0 passed, 1 failed\n" });
    const again = `\n== second try: ./tests/a_test.ts\nok | 7 passed | 0 failed (1s)\n`;
    assert.deepEqual(await count(`${bad}${again}\n== end of second try: 2 of 2 passed now\n${tidy}`, 0), {
      code: 0,
      line: "148 passed, 0 failed, 2 of them at the second try\n",
    });
    assert.deepEqual(await count(`${bad}${again}\n== end of second try: 1 of 2 passed now\n`, 1), {
      code: 1,
      line: "133 passed, 1 failed, 1 of them at the second try\n",
    });
    assert.deepEqual(await count("the proxy said ok | 5 passed\n", 0), {
      code: 1,
      line: "0 passed, 1 failed\n",
    });
  },
});

Deno.test("the gate runs every test", async () => {
  const taken = config.tasks.ok.command.replaceAll(/--ignore=\S+/g, "");
  const named = [...taken.matchAll(/tests\/[\w./]+/g)].map(([path]) => path);
  for (const { path } of await repoFiles(REPO_ROOT)) {
    if (!/^tests\/.*_test\.ts$/.test(path)) continue;
    assert.ok(named.some((part) => path === part || path.startsWith(`${part}/`)), path);
  }
});

Deno.test(".ci/run runs the gate, and tasks hold the whole of it", () => {
  assert.match(read(".ci/run"), /npx -y "\$DENO" task ok/);
  for (
    const part of ["deno fmt --check", "deno lint", "deno check", "tests/tidy_test.ts", "deno task test"]
  ) {
    assert.ok(config.tasks.ok.command.includes(part), part);
  }
  for (const path of [".ci/run", ".ci/count"]) {
    assert.equal((Deno.statSync(REPO_ROOT + path).mode ?? 0) & 0o111, 0o111, `${path} is executable`);
  }
});
