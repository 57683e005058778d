import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { RUN_FLAGS } from "../../../scripts/run_flags.ts";
import { Client } from "../../kit/client.ts";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { testIf, testWith } from "../../kit/programs.ts";
import { ANY_PORT, TEST_ENGINE } from "../../kit/proxy.ts";
import { within } from "../../kit/within.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;
const COLUMNS = 80;
const CTRL_C = "\x03";

/** A demonstration whose targets are on ports that were free, in a terminal or not. */
class Demo implements AsyncDisposable {
  private constructor(
    readonly program: LaunchedProgram,
    readonly targets: readonly string[],
    private readonly folder: string,
  ) {}

  /**
   * @param shell how it is run in a terminal, `DEMO` standing for the command; null runs it without one.
   */
  static async start(shell: string | null): Promise<Demo> {
    const folder = await Deno.makeTempDir({ prefix: "fproxy_test_" });
    const targets = freePorts(4).map((port) => `127.0.0.1:${port}`);
    const config = {
      admin: { listen: ANY_PORT },
      engine: TEST_ENGINE,
      log: { format: "json" },
      apps: [
        { name: "tcp", ports: [ANY_PORT], targets: targets.slice(0, 2) },
        { name: "web", mode: "http", ports: [ANY_PORT], targets: targets.slice(2) },
      ],
    };
    await Deno.writeTextFile(`${folder}/apps.yaml`, JSON.stringify(config));
    const args = ["run", ...RUN_FLAGS, MAIN, "demo", "--config", `${folder}/apps.yaml`];
    const command = [Deno.execPath(), ...args].join(" ");
    const program = new LaunchedProgram(
      shell === null ? { args } : {
        command: "script",
        args: ["-qec", `stty cols ${COLUMNS} rows 24; ${shell.replace("DEMO", command)}`, "/dev/null"],
        env: { TERM: "xterm", NO_COLOR: "1" },
        isTypedTo: true,
      },
    );
    return new Demo(program, targets, folder);
  }

  /** What stands in the terminal. */
  get screen(): string {
    return stripVTControlCharacters(this.program.stdout).replaceAll("\r\n", "\n");
  }

  /** The port that the app for bytes listens on. */
  get port(): number {
    return Number(/tcp on 127\.0\.0\.1:(\d+)/.exec(this.screen)?.[1]);
  }

  /** Waits until the terminal shows something for the `count`th time. @returns what came from there on. */
  async shows(wanted: string, count = 1): Promise<string> {
    await eventually(wanted, () => this.screen.split(wanted).length > count || this.screen);
    return this.screen.split(wanted).slice(count).join(wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Ports that nobody listens on; all are held before the first is given free. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

const IN_TERMINAL = ["script", "stty"];
/** Shows how the terminal was left behind. */
const LEAVES = "trap : INT; DEMO; code=$?; stty -a; exit $code";

function assertLeftAsItWas(screen: string): void {
  for (const word of ["icanon", "echo", "isig"]) {
    assert.ok(new RegExp(`\\s${word}\\b`).test(screen), `${word} in ${screen}`);
  }
}

testWith(
  IN_TERMINAL,
  "demo: its lines come behind all records, and a target that is stopped is passed over",
  async () => {
    await using demo = await Demo.start(LEAVES);
    const [first, second] = demo.targets;
    await demo.shows(`Press s to stop target ${first}`);
    const lines = demo.screen.split("\n");
    const records = lines.flatMap((line, index) => / → /.test(line) ? [index] : []);
    assert.equal(records.length, 12, demo.screen);
    const title = lines.findIndex((line) =>
      /^tcp on 127\.0\.0\.1:\d+, round_robin: 6 connections, 0 failed$/.test(line)
    );
    assert.ok((records.at(-1) ?? 0) < title, demo.screen);
    assert.ok(lines.length - title <= 24, "it stays in view");
    assert.ok(lines.every((line) => line.startsWith("{") || line.length < COLUMNS), demo.screen);
    assert.match(
      lines.slice(title).join("\n"),
      new RegExp(`${first} +3 answers +50\\.0 %.*\n +${second} +3 answers`),
    );

    await demo.program.type("s");
    const stopped = await demo.shows(`Press s to start ${first} again.`).then(() => demo.screen);
    const shown = stopped.slice(stopped.indexOf(`Target ${first} is stopped: it refuses connections.`));
    assert.match(
      shown,
      new RegExp(`^.*\ntcp on .*: 6 connections, 0 failed\n +${first} +0 answers.* stopped\n`),
    );
    assert.match(shown, new RegExp(`\n +${second} +6 answers +100\\.0 %.*\nNo client noticed: `));
    assert.match(stopped, / ×2 done /);
    await demo.program.type("s");
    await demo.shows(`Press s to stop target ${first}`, 2);
    assert.match(demo.screen, new RegExp(`${first} is back\\.\ntcp on .*\n +${first} +3 answers`));

    await demo.program.type(CTRL_C);
    assert.equal((await demo.program.result()).code, 0);
    assertLeftAsItWas(demo.screen);
  },
);

testWith(IN_TERMINAL, "demo: q drains, and again exits at once; the terminal is as it was", async () => {
  await using demo = await Demo.start(LEAVES);
  await demo.shows("Press s");
  using client = await Client.to(demo.port);
  assert.match(await client.ask("?") ?? "", /: \?$/);
  await demo.program.type("q");
  await demo.shows("draining");
  assert.match(await client.ask("!") ?? "", /: !$/);
  await demo.program.type("q");
  assert.equal((await demo.program.result()).code, 130);
  assertLeftAsItWas(demo.screen);
});

testWith(IN_TERMINAL, "demo: when its terminal is gone it ends", async () => {
  await using demo = await Demo.start("exec DEMO");
  await demo.shows("Press s");
  const { port } = demo;
  demo.program.kill("SIGKILL");
  await eventually("nobody to listen", () =>
    Client.to(port).then(
      (client) => client[Symbol.dispose](),
      (error) => error instanceof Deno.errors.ConnectionRefused,
    ));
});

testWith(IN_TERMINAL, "demo: in the background of a terminal it leaves the keys to others", async () => {
  await using demo = await Demo.start("set -m; DEMO & echo pid=$!; wait $!");
  await demo.shows("pid=");
  const pid = Number(/pid=(\d+)/.exec(demo.screen)?.[1]);
  try {
    const command = /Stop target \S+, and see who answers: {2}curl -X POST (\S+)/;
    await eventually("the command", () => command.test(demo.screen) || demo.screen);
    const url = command.exec(demo.screen)?.[1] ?? "";
    const response = await within("the answer", fetch(url, { method: "POST" }));
    assert.match(await response.text(), /is stopped: it refuses connections/);
  } finally {
    // Of a process group of its own: nothing else ends it.
    Deno.kill(pid, "SIGTERM");
  }
  assert.equal((await demo.program.result()).code, 0);
});

testIf(
  null,
  "demo: without a terminal its text is plain, records are JSON, and a request stops a target",
  async () => {
    await using demo = await Demo.start(null);
    const { program, targets: [first] } = demo;
    const [, url = ""] = await program.line(/^Stop target .*: {2}curl -X POST (http:\S+)$/);
    for (const sign of ["\x1b", "█"]) assert.ok(!program.stderr.includes(sign), program.stderr);
    assert.match(
      program.stderr,
      /^tcp on 127\.0\.0\.1:\d+, round_robin: 6 connections, 0 failed\n.* 3 answers /m,
    );
    assert.match(program.stderr, /^web on 127\.0\.0\.1:\d+, first: 6 requests, 0 failed\n.* 6 answers /m);
    const records = program.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(records.length, 12);
    const peek = await within("the refusal", fetch(url));
    assert.equal(peek.status, 405);
    await peek.body?.cancel();
    const answer = await (await within("the answer", fetch(url, { method: "POST" }))).text();
    assert.match(
      answer,
      new RegExp(`^Target ${first} is stopped.*\ntcp on .*, 0 failed\n +${first} +0 answers`),
    );
    await program.line(/^Start target /);
    assert.ok(program.stderr.includes(answer));
    program.kill("SIGTERM");
    assert.equal((await program.result()).code, 0);
  },
);
