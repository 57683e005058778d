import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { testIf, testWith } from "../../kit/programs.ts";

/** Ten programs that all start at once. */
const STARTED_MS = 90_000;
const MISSED_MS = 60_000;

/** Programs with a file of that folder. */
function programsOf(folder: string): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
    try {
      return pid > 0 && Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(`${folder}/`);
    } catch {
      return false;
    }
  });
}

/** Waits for its introduction. */
async function started(demo: LaunchedProgram): Promise<string> {
  const [, folder = ""] = await demo.line(/fproxy region status --region (\S+)\/region\.yaml/, STARTED_MS);
  await demo.line(/front-1: \d+ served, \d+ failed/, STARTED_MS);
  return folder;
}

function gone(folder: string): () => unknown {
  return () => programsOf(folder).length === 0 && !isThere(folder) || programsOf(folder).join();
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

testWith(
  ["nats-server"],
  "region demo: a whole region comes up with traffic, survives what is suggested, and leaves nothing behind",
  async () => {
    await using demo = launchProgram(["region", "demo"]);
    const folder = await started(demo);
    const run = async (line: string): Promise<string> => {
      const [command = "", ...args] = line.split(" ");
      await using program = new LaunchedProgram({ command, args, env: { NO_COLOR: "1" } });
      const { code, stdout, stderr } = await program.result(MISSED_MS);
      assert.equal(code, 0, `${line}\n${stdout}${stderr}`);
      return stdout;
    };
    // All as it is printed, to be pasted.
    const suggested = async (what: string): Promise<string> =>
      (await demo.line(new RegExp(`^  ${what} +(\\S.*)$`)))[1]!;
    const look = await suggested("look at it");
    await eventually("three replicas to serve", async () => {
      const text = await run(look);
      return /^echo-1\s+3\s+3\s/m.test(text) || text;
    }, MISSED_MS);
    await run(await suggested("kill a node"));
    await demo.line(/^n1 was ended by SIGKILL: its apps come to other nodes/);
    assert.match(await run(await suggested("apply a change")), /0 added, 3 changed/);
    assert.match(await run(await suggested("drain a node")), /n2: carries nothing any more/);
    const [, failed] = await demo.line(/front-1: \d{2,} served, (\d+) failed/);
    assert.ok(Number(failed) <= 3, failed);
    demo.kill("SIGTERM");
    const { code, stderr } = await demo.result(MISSED_MS);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(gone(folder)(), true);
  },
);

testWith(["nats-server"], "region demo: one that is killed hard leaves nothing behind either", async () => {
  await using demo = launchProgram(["region", "demo"]);
  const folder = await started(demo);
  assert.ok(programsOf(folder).length >= 10);
  demo.kill("SIGKILL");
  await demo.result();
  await eventually("its programs to be gone", gone(folder), MISSED_MS);
});

/** What every program needs is there; the server's place is another one on Debian. */
const PLAIN_PATH = "/usr/bin:/bin";
const OBSTACLE = ["/usr/bin/nats-server", "/bin/nats-server"].some(isThere)
  ? `nats-server is in one of ${PLAIN_PATH}`
  : null;

testIf(OBSTACLE, "region demo: where there is no nats-server it says what to install", async () => {
  await using demo = launchProgram(["region", "demo"], { env: { PATH: PLAIN_PATH } });
  const { code, stderr } = await demo.result();
  assert.equal(code, 1);
  assert.match(stderr, /^demo: there is no nats-server on the PATH: the package nats-server of Debian/);
});
