import assert from "node:assert/strict";
import { writeLauncher } from "../../../scripts/launcher.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";

const IS_UNIX = Deno.build.os !== "windows";

/** A launcher in the root of the repository, and a directory elsewhere with a link to a link to it. */
class Launcher implements AsyncDisposable {
  private constructor(readonly path: string, readonly directory: string) {}

  static async write(): Promise<Launcher> {
    const directory = await Deno.makeTempDir({ prefix: "fproxy test " });
    const path = `${REPO_ROOT}fproxy-${directory.replace(/.* /, "")}.tmp`;
    await writeLauncher(path);
    await Deno.symlink(path, `${directory}/absolute`);
    await Deno.symlink("absolute", `${directory}/relative`);
    return new Launcher(path, directory);
  }

  /** Runs the link there. @param path programs that it finds; those of this process unless given. */
  run(args: readonly string[], path?: string): LaunchedProgram {
    const env = path === undefined ? {} : { env: { PATH: path } };
    return new LaunchedProgram({ command: "./relative", args, cwd: this.directory, ...env });
  }

  /** Makes a script that stands in for a program. @returns the directory to put on the path. */
  async standIn(name: string, text: string): Promise<string> {
    const bin = `${this.directory}/bin`;
    await Deno.mkdir(bin, { recursive: true });
    await Deno.writeTextFile(`${bin}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    for (const tool of ["readlink", "dirname"]) {
      await Deno.symlink(await whereIs(tool), `${bin}/${tool}`).catch(() => undefined);
    }
    return bin;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
    await Deno.remove(this.directory, { recursive: true });
  }
}

async function whereIs(tool: string): Promise<string> {
  const args = ["-c", `command -v ${tool}`];
  const { stdout } = await new Deno.Command("/bin/sh", { args }).output();
  return new TextDecoder().decode(stdout).trim();
}

const test = (name: string, fn: (launcher: Launcher) => Promise<void>): void =>
  Deno.test({
    name: `launcher: ${name}`,
    ignore: !IS_UNIX,
    fn: async () => {
      await using launcher = await Launcher.write();
      await fn(launcher);
    },
  });

test("it runs the program from any directory, through links, and is replaced by it", async (launcher) => {
  await using program = launcher.run(["echo", "--listen", "127.0.0.1:0", "--name", "a b"]);
  const [, port] = await program.line(/^listening on 127\.0\.0\.1:(\d+)$/);
  using connection = await Deno.connect({ port: Number(port) });
  await connection.write(new TextEncoder().encode("hello"));
  const buffer = new Uint8Array(64);
  const count = await connection.read(buffer);
  assert.equal(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), "a b: hello");
  // No shell in between: the signal is the program's, and the exit code is its own.
  program.kill("SIGTERM");
  const { code, signal } = await program.result();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
});

test("it passes exit codes and errors on", async (launcher) => {
  await using program = launcher.run([]);
  const { code, stderr } = await program.result();
  assert.equal(code, 2);
  assert.match(stderr, /^fproxy: no config/);
  assert.doesNotMatch(stderr, /prompt|ermission/);
});

test("without deno it asks npx where npm's is, and runs that itself", async (launcher) => {
  const bin = await launcher.standIn("npx", `echo "$*" >> npx.log\necho "${Deno.execPath()}"`);
  await using program = launcher.run(["--version"], bin);
  const { code, stdout, stderr } = await program.result();
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^fproxy \d/);
  const asked = await Deno.readTextFile(`${launcher.directory}/npx.log`);
  assert.match(asked, /^-y deno@\d+\.\d+\.\d+ eval console\.log\(Deno\.execPath\(\)\)\n$/);
});

test("without deno and npx it says what it needs", async (launcher) => {
  const bin = await launcher.standIn("unused", "");
  await using program = launcher.run(["--version"], bin);
  const { code, stderr } = await program.result();
  assert.equal(code, 127);
  assert.match(stderr, /needs deno .* or npx/);
});
