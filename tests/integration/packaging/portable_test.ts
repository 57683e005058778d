import assert from "node:assert/strict";
import { RUN_FLAGS } from "../../../scripts/run_flags.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import { LaunchedProgram, type ProgramResult } from "../../kit/launched_program.ts";
import { BASE_TOOLS, PortableProgram } from "../../kit/portable_program.ts";
import { say, testIf } from "../../kit/programs.ts";

/** A user that owns nothing. */
const NOBODY = 65_532;
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
/** Starts at once, that must not get in each other's way. */
const AT_ONCE = 10;
/** Later starts may take this much longer than those of the sources. */
const LATER_START_MS = 30;
/** Pairs of starts that are timed, and how often that is tried anew while something else is using the machine. */
const TIMED_PAIRS = 5;
const TIMED_ROUNDS = 6;

const IS_LINUX = Deno.build.os === "linux";
const needsRoot = !IS_LINUX ? "needs Linux" : Deno.uid() !== 0 ? "needs root" : null;

let portable: PortableProgram;
let path: string;

Deno.test.beforeAll(async () => {
  if (!IS_LINUX) return;
  portable = await PortableProgram.create();
  path = await portable.tools();
});

Deno.test.afterAll(async () => {
  if (IS_LINUX) await portable[Symbol.asyncDispose]();
});

const test = (name: string, fn: () => Promise<void>): void =>
  testIf(IS_LINUX ? null : "needs Linux", `portable: ${name}`, fn);

const rootTest = (name: string, fn: () => Promise<void>): void => testIf(needsRoot, `portable: ${name}`, fn);

/** Runs it to its end. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  program: PortableProgram = portable,
  wrapper: readonly string[] = [],
): Promise<ProgramResult> {
  await using launched = program.launch(args, { PATH: path, ...env }, wrapper);
  return await launched.result(60_000);
}

/** Names in `fproxy` below a place. */
function unpacked(place: string): string[] {
  return [...Deno.readDirSync(`${place}/fproxy`)].map(({ name }) => name).filter((name) => name !== ".lock");
}

test("without Deno, Node and network it unpacks once and says how it was made", async () => {
  const place = await portable.place();
  const env = { XDG_CACHE_HOME: place };
  const first = await run(["version", "--build"], env);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^fproxy \d+\.\d+\.\d+\nbuild +portable, .*\ndeno +\d+\./);
  assert.equal(first.stderr, "");
  const [directory = ""] = unpacked(place);
  assert.match(directory, /^[0-9a-f]{32}$/);
  assert.ok(first.stdout.includes(`from    ${place}/fproxy/${directory}/program/`), first.stdout);
  const { ino, mtime } = Deno.statSync(`${place}/fproxy/${directory}/fproxy`);
  assert.equal((await run(["--version"], env)).code, 0);
  const later = Deno.statSync(`${place}/fproxy/${directory}/fproxy`);
  assert.deepEqual({ ino: later.ino, mtime: later.mtime }, { ino, mtime });
  assert.deepEqual(unpacked(place), [directory]);
});

test("signals, exit codes, standard input and open descriptors are the program's", async () => {
  const env = { XDG_CACHE_HOME: await portable.place() };
  const script = 'exec 7< "$0" && exec "$@"';
  const wrapper = ["sh", "-c", script, `${REPO_ROOT}deno.json`];
  await using program = portable.launch(["echo", "--listen", "127.0.0.1:0"], { PATH: path, ...env }, wrapper);
  await program.line(/^listening on /, 60_000);
  // The same process, and nothing in between.
  assert.match(await Deno.readLink(`/proc/${program.pid}/exe`), /\/fproxy\/[0-9a-f]{32}\/fproxy$/);
  assert.equal(await Deno.readLink(`/proc/${program.pid}/fd/7`), `${REPO_ROOT}deno.json`);
  assert.equal(await Deno.readLink(`/proc/${program.pid}/fd/0`), "/dev/null");
  program.kill("SIGTERM");
  const { code, signal } = await program.result();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  assert.equal((await run([], env)).code, 2);
});

test("ten at once unpack once", async () => {
  const place = await portable.place();
  const results = await Promise.all(
    Array.from({ length: AT_ONCE }, () => run(["--version"], { XDG_CACHE_HOME: place })),
  );
  for (const { code, stdout, stderr } of results) {
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^fproxy /);
  }
  assert.equal(unpacked(place).length, 1);
});

test("ten at once are safe without flock, too", async () => {
  const place = await portable.place();
  const env = {
    XDG_CACHE_HOME: place,
    PATH: await portable.tools(BASE_TOOLS.filter((name) => name !== "flock")),
  };
  const results = await Promise.all(Array.from({ length: AT_ONCE }, () => run(["--version"], env)));
  for (const { code, stderr } of results) assert.equal(code, 0, stderr);
  assert.equal(unpacked(place).length, 1);
});

test("a file that was taken away is put back", async () => {
  const place = await portable.place();
  const env = { XDG_CACHE_HOME: place };
  await run(["--version"], env);
  const directory = `${place}/fproxy/${unpacked(place)[0]}`;
  await Deno.remove(`${directory}/program/main.js`);
  await Deno.truncate(`${directory}/fproxy`, 0);
  const { code, stdout, stderr } = await run(["--version"], env);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^fproxy /);
  assert.equal(unpacked(place).length, 1);
});

test("a damaged file is not unpacked", async () => {
  const place = await portable.place();
  const { code, stdout, stderr } = await run(
    ["--version"],
    { XDG_CACHE_HOME: place },
    await portable.truncated(),
  );
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /^fproxy: this file is damaged/);
  assert.deepEqual([...Deno.readDirSync(place)], []);
});

test("another version removes this one, but not while it runs", async () => {
  const other = await portable.otherVersion();
  const place = await portable.place();
  const env = { XDG_CACHE_HOME: place };
  await Deno.mkdir(`${place}/fproxy/somebody's`, { recursive: true });
  await using program = portable.launch(["echo", "--listen", "127.0.0.1:0"], { PATH: path, ...env });
  await program.line(/^listening on /, 60_000);
  const [mine = ""] = unpacked(place).filter((name) => name !== "somebody's");
  assert.equal((await run(["--version"], env, other)).code, 0);
  assert.equal(unpacked(place).length, 3);
  assert.ok(unpacked(place).includes(mine));
  program.kill("SIGTERM");
  await program.result();
  // Only who unpacks also clears up.
  const [theirs = ""] = unpacked(place).filter((name) => name !== mine && name !== "somebody's");
  await Deno.remove(`${place}/fproxy/${theirs}`, { recursive: true });
  assert.equal((await run(["--version"], env, other)).code, 0);
  assert.deepEqual(unpacked(place).sort(), [theirs, "somebody's"].sort());
});

rootTest("places are $XDG_CACHE_HOME, /var/cache/fproxy and $TMPDIR, in this order", async () => {
  const [xdg, tmp] = [await portable.place(), await portable.place()];
  for (const place of [xdg, tmp]) await Deno.chown(place, NOBODY, NOBODY);
  const from = ({ stdout, stderr, code }: ProgramResult): string => {
    assert.equal(code, 0, stderr);
    return /^from +(.*)\/[0-9a-f]{32}\/program\/$/m.exec(stdout)?.[1] ?? stdout;
  };
  const build = ["version", "--build"];
  const env = { TMPDIR: tmp };
  // An empty /var/cache, which only this program sees, for root alone.
  const varCache = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o mode=755 none /var/cache && exec "$@"',
    "sh",
  ];
  const nobody = [...varCache, ...AS_NOBODY];
  const PATH = Deno.env.get("PATH") ?? "";
  const all = { ...env, PATH, XDG_CACHE_HOME: xdg };
  assert.equal(from(await run(build, all, portable, nobody)), `${xdg}/fproxy`);
  assert.equal(from(await run(build, { ...env, PATH }, portable, varCache)), "/var/cache/fproxy");
  assert.equal(from(await run(build, { ...env, PATH }, portable, nobody)), `${tmp}/fproxy-${NOBODY}`);
});

rootTest("without a place to write to it says which it tried, and what to set", async () => {
  const { code, stderr } = await run(
    ["--version"],
    { PATH: Deno.env.get("PATH") ?? "", XDG_CACHE_HOME: "relative", TMPDIR: "/proc" },
    portable,
    AS_NOBODY,
  );
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^fproxy: no place .*:\n {2}XDG_CACHE_HOME is not set .*\n {2}\/var\/cache\/fproxy cannot be .*\n {2}\/proc\/fproxy-65532 cannot be made\nSet XDG_CACHE_HOME or TMPDIR /,
  );
});

rootTest("a place that forbids programs, is full, or is somebody else's is passed over", async () => {
  const [bad, tmp] = [await portable.place(), await portable.place()];
  const mounted = (options: string): string[] => {
    const script =
      `mount -t tmpfs -o ${options} none "$0" && mount -t tmpfs -o ro none /var/cache && exec "$@"`;
    return ["unshare", "--mount", "sh", "-c", script, bad];
  };
  const env = { PATH: Deno.env.get("PATH") ?? "", XDG_CACHE_HOME: bad, TMPDIR: tmp };
  const build = ["version", "--build"];
  for (const options of ["noexec", "size=20m"]) {
    const { code, stdout, stderr } = await run(build, env, portable, mounted(options));
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(`from    ${tmp}/fproxy-0/`), `${options}: ${stdout}`);
  }
  const reasons = await run(build, { ...env, TMPDIR: "/proc" }, portable, mounted("noexec"));
  assert.match(reasons.stderr, /\/fproxy does not let programs run: Permission denied\n/);
  const full = await run(build, { ...env, TMPDIR: "/proc" }, portable, mounted("size=20m"));
  assert.match(full.stderr, /\/fproxy has not enough room\n/);
  await Deno.mkdir(`${bad}/fproxy`);
  for (const spoil of [() => Deno.chmod(`${bad}/fproxy`, 0o777), () => Deno.chown(`${bad}/fproxy`, 1, 1)]) {
    await spoil();
    const { code, stdout } = await run(build, env);
    assert.equal(code, 0);
    assert.ok(!stdout.includes(bad), stdout);
    await Deno.chmod(`${bad}/fproxy`, 0o755);
  }
});

test("later starts take hardly longer than those of the sources", async () => {
  const env = { XDG_CACHE_HOME: await portable.place(), PATH: path };
  const timed = async (start: () => LaunchedProgram): Promise<number> => {
    const startedAt = performance.now();
    await using program = start();
    assert.equal((await program.result(60_000)).code, 0);
    return performance.now() - startedAt;
  };
  const packed = (): LaunchedProgram => portable.launch(["--version"], env);
  const args = ["run", ...RUN_FLAGS, `${REPO_ROOT}main.ts`, "--version"];
  const sources = (): LaunchedProgram => new LaunchedProgram({ args });
  const first = await timed(packed);
  const times: [number, number] = [Infinity, Infinity];
  // The least of several: what else the machine does makes a start longer, never shorter.
  for (let round = 1; round <= TIMED_ROUNDS; round++) {
    for (let i = 0; i < TIMED_PAIRS; i++) {
      times[0] = Math.min(times[0], await timed(packed));
      times[1] = Math.min(times[1], await timed(sources));
    }
    if (times[0] <= times[1] + LATER_START_MS) break;
  }
  const [later, source] = times.map(Math.round) as [number, number];
  say(`self-contained file: first start ${Math.round(first)} ms, later ${later} ms; sources ${source} ms`);
  assert.ok(later <= source + LATER_START_MS, `${later} ms, the sources ${source} ms`);
});
