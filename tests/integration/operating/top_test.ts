import assert from "node:assert/strict";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { launchProgram, PROGRAM } from "../../kit/program_under_test.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const IN_TERMINAL = ["script", "stty", "sh"];
const CTRL_C = "\x03";
const ENTERED = "\x1b[?1049h";
const LEFT = "\x1b[?25h\x1b[?1049l";

/** `fproxy top` in a terminal of that size, which shows afterwards how it was left behind. */
function topIn(columns: number, rows: number, adminUrl: string): LaunchedProgram {
  const command = [...PROGRAM, "top", "--interval", "500ms", "--admin", adminUrl].map((word) => `'${word}'`)
    .join(" ");
  return new LaunchedProgram({
    command: "script",
    args: [
      "-qec",
      `stty cols ${columns} rows ${rows}; trap : INT; ${command}; echo "code $?"; stty -a`,
      "/dev/null",
    ],
    env: { TERM: "xterm", SHELL: "/bin/sh", NO_COLOR: "1" },
    isTypedTo: true,
  });
}

async function shows(top: LaunchedProgram, wanted: RegExp): Promise<void> {
  await eventually(String(wanted), () => wanted.test(top.stdout) || top.stdout.slice(-2_000));
}

async function assertLeftAsItWas(top: LaunchedProgram): Promise<void> {
  await top.result();
  const [, after = ""] = top.stdout.split(LEFT);
  assert.match(after, /code 0\r?\n/);
  for (const word of ["icanon", "echo", "isig"]) assert.match(after, new RegExp(`\\s${word}\\b`));
}

testWith(
  IN_TERMINAL,
  "top shows apps and targets, takes keys, and leaves the terminal as it was",
  async () => {
    await using target = echoTarget();
    const key = `127.0.0.1:${target.port}`;
    const apps = ["web", "other"].map((name) => ({ name, ports: [ANY_PORT], targets: [key] }));
    await using proxy = await Proxy.start({ apps });
    await using top = topIn(80, 24, proxy.adminUrl);
    await shows(top, /web +.*ready/);
    assert.ok(top.stdout.includes(ENTERED));
    await shows(top, new RegExp(`TARGET .*[^]*${key}`));
    await top.type("/web\r");
    await shows(top, /filter: web.*q quit/);
    await top.type("\r");
    await shows(top, /esc back/);
    await top.type("?");
    await shows(top, /any key goes back/);
    await top.type("q");
    await assertLeftAsItWas(top);
  },
);

testWith(IN_TERMINAL, "top says that the proxy is gone, comes back with it, and ends by Ctrl-C", async () => {
  await using target = echoTarget();
  const apps = [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const admin = { listen: `127.0.0.1:${listener.addr.port}` };
  listener.close();
  let first: Proxy | null = await Proxy.start({ admin, apps });
  try {
    await using top = topIn(40, 10, first.adminUrl);
    await shows(top, /web +.*ready/);
    await first[Symbol.asyncDispose]();
    first = null;
    await shows(top, /NO ANSWER {2}fproxy/);
    const before = top.stdout.length;
    await using _second = await Proxy.start({ admin, apps });
    await eventually(
      "samples again",
      () => /fproxy 127\.0\.0\.1:\d+ {2}ready/.test(top.stdout.slice(before)),
    );
    await top.type(CTRL_C);
    await assertLeftAsItWas(top);
  } finally {
    await first?.[Symbol.asyncDispose]();
  }
});

Deno.test("without a terminal top says what there is instead", async () => {
  await using top = launchProgram(["top"]);
  const { code, stderr, stdout } = await top.result();
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^top: it needs a terminal .*fproxy status --watch needs none\n$/);
});
