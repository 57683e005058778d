import assert from "node:assert/strict";
import { Argument, Command, Option } from "commander";
import { completionCommand } from "../../../src/cli/completion.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { say, testWith } from "../../kit/programs.ts";
import { CapturedIo } from "./captured_io.ts";

const HERE = `${import.meta.dirname}/completion`;
const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

/** Shells that run at the same time. */
const AT_ONCE = 4;

/** A program with one of everything that completion tells apart. */
function program(): Command {
  const collect = (text: string, previous: readonly string[] = []): readonly string[] => [...previous, text];
  return new Command("fproxy")
    .option("-c, --config <file>", "config file: it's [YAML] or JSON")
    .addOption(new Option("--log-level <level>", "how much is said").choices(["debug", "info"]))
    .addOption(new Option("--secret", "not for everybody").hideHelp())
    .option("--no-color", "plain text")
    .addCommand(
      new Command("echo").description("Echoes; a 'target'").option(
        "-l, --listen <address>",
        "where",
        collect,
      ),
    )
    .addCommand(
      new Command("test").description("Tries: things")
        .addCommand(
          new Command("ping").addArgument(new Argument("<address>"))
            .option("-d, --data <text>", "what to send")
            .option("--delay [boolean]", "waits or not"),
        )
        .addCommand(
          new Command("simulate").addOption(new Option("--engine <name>").choices(["auto", "epoll"])),
        ),
    )
    .addCommand(
      new Command("drain").argument("<app>").argument("<target>").option("-a, --admin <address>")
        .option("--why <text>"),
    )
    .addCommand(new Command("logs").option("--app <app>"))
    .addCommand(
      new Command("completion").addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"])),
    );
}

async function script(shell: string): Promise<string> {
  const io = new CapturedIo();
  await completionCommand(io, () => Promise.resolve(program())).parseAsync([shell], { from: "user" });
  return io.out;
}

/** Stands for the program beside a running proxy; it knows what the scripts should ask it. */
const STAND_IN = `#!/bin/sh
line="$*"
case "$line" in
  "complete -- drain --admin 127.0.0.1:9901 web 10"*) printf '10.0.0.1:80\\n10.0.0.2:80\\n' ;;
  "complete -- drain web "*) printf '10.0.0.1:80\\n10.0.0.2:80\\n' ;;
  "complete -- drain "*|"complete -- logs --app"*) printf 'api\\nweb\\n' ;;
  *) echo "asked: $line" ;;
esac
`;

/** What a shell offers for a line, sorted. */
type Offer = (line: string) => Promise<string[]>;

/** Runs `work` in a folder of its own with two files and a folder in it. */
async function withFiles(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/apps.yaml`, "");
    await Deno.writeTextFile(`${folder}/apps two.yaml`, "");
    await Deno.writeTextFile(`${folder}/bin/fproxy`, STAND_IN, { mode: 0o755 });
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function outputLines(command: string, args: readonly string[], cwd: string): Promise<string[]> {
  // TERM=dumb: no colours, no queries to the terminal. LC_ALL: one alphabet on every machine.
  const PATH = `${cwd}/bin:${Deno.env.get("PATH") ?? ""}`;
  const env = { TERM: "dumb", LC_ALL: "C.UTF-8", HOME: cwd, PATH };
  await using program = new LaunchedProgram({ command, args, cwd, env });
  const { stdout } = await program.result();
  return stdout.split("\n").filter((line) => line !== "").sort();
}

/** What every shell must offer, from lines to candidates. File names come as the shell writes them. */
async function checkOffers(offer: Offer): Promise<void> {
  const expected: Readonly<Record<string, readonly string[]>> = {
    "fproxy te": ["test"],
    "fproxy test ": ["help", "ping", "simulate"],
    "fproxy test simulate --eng": ["--engine"],
    "fproxy test simulate --engine ": ["auto", "epoll"],
    "fproxy test simulate --engine e": ["epoll"],
    "fproxy --log-level i": ["info"],
    "fproxy --log-level info te": ["test"],
    // The value of an option is no command.
    "fproxy --config test ec": ["echo"],
    "fproxy completion ": ["bash", "fish", "zsh"],
    "fproxy test ping -d te": [],
    "fproxy test ping --delay t": [],
    "fproxy echo --sec": [],
    "fproxy --sec": [],
    // Names that a running proxy knows.
    "fproxy drain ": ["api", "web"],
    "fproxy drain w": ["web"],
    "fproxy drain web ": ["10.0.0.1:80", "10.0.0.2:80"],
    "fproxy drain web 10.0.0.2": ["10.0.0.2:80"],
    "fproxy drain web 10.0.0.2:8": ["10.0.0.2:80"],
    "fproxy drain --admin 127.0.0.1:9901 web 10.0.0.1": ["10.0.0.1:80"],
    "fproxy drain --w": ["--why"],
    "fproxy drain --why w": [],
    "fproxy logs --app ": ["api", "web"],
    "fproxy logs --app a": ["api"],
  };
  const lines = Object.entries(expected);
  // A few at once: an interactive shell takes most of a second.
  for (let at = 0; at < lines.length; at += AT_ONCE) {
    await Promise.all(
      lines.slice(at, at + AT_ONCE).map(async ([line, candidates]) => {
        assert.deepEqual(await offer(line), candidates, `candidates for \`${line}\``);
      }),
    );
  }
}

function lastWords(lines: readonly string[], line: string): string[] {
  const typed = line.split(" ").slice(1, -1);
  return lines.filter((word) => !typed.includes(word));
}

/** Each file that bash is started with: alone, and after Debian's bash-completion. */
for (const extra of ["", BASH_COMPLETION]) {
  const name = `bash completes commands, options, values and files${
    extra === "" ? "" : " beside bash-completion"
  }`;
  const isMissing = extra !== "" && !exists(extra);
  if (isMissing) say(`skipped, not installed (bash-completion): ${name}`);
  else {
    testWith(["bash", "script", "sed"], name, () =>
      withFiles(async (folder) => {
        await Deno.writeTextFile(`${folder}/fproxy.bash`, await script("bash"));
        const setup = [extra, `${folder}/fproxy.bash`].filter((path) => path !== "").map((path) =>
          `source ${path}\n`
        );
        await Deno.writeTextFile(`${folder}/setup.bash`, setup.join(""));
        const offer: Offer = async (line) => {
          const found = await outputLines(
            "bash",
            [`${HERE}/complete.bash`, `${folder}/setup.bash`, line],
            folder,
          );
          const last = line.split(" ").at(-1) ?? "";
          // Where nothing is offered the line stays as it was typed.
          return lastWords(found, line).filter((word) => word !== last || last === "");
        };
        await checkOffers(offer);
        assert.deepEqual(await offer("fproxy -c ap"), ["apps two.yaml", "apps.yaml"]);
        assert.deepEqual(await offer("fproxy --config=apps.y"), ["--config=apps.yaml"]);
        assert.deepEqual(await offer("fproxy test ping --delay=f"), ["--delay=false"]);
        assert.deepEqual(await offer("fproxy logs --app=w"), ["--app=web"]);
      }));
  }
}

testWith(["zsh"], "zsh completes commands, options, values and files", () =>
  withFiles(async (folder) => {
    await Deno.writeTextFile(`${folder}/_fproxy`, await script("zsh"));
    const offer: Offer = (line) =>
      outputLines("zsh", ["-f", `${HERE}/complete.zsh`, `${folder}/_fproxy`, line], folder);
    await checkOffers(offer);
    assert.deepEqual(await offer("fproxy -c ap"), ["apps.yaml", "apps\\ two.yaml"]);
    assert.deepEqual(await offer("fproxy --config=apps.y"), ["apps.yaml"]);
    assert.deepEqual(await offer("fproxy test ping --delay=f"), ["false"]);
    assert.deepEqual(await offer("fproxy logs --app=w"), ["web"]);
  }));

testWith(["fish"], "fish completes commands, options, values and files", () =>
  withFiles(async (folder) => {
    await Deno.writeTextFile(`${folder}/fproxy.fish`, await script("fish"));
    const offer: Offer = async (line) => {
      const found = await outputLines(
        "fish",
        ["--no-config", "-c", `source ${folder}/fproxy.fish; complete -C ${JSON.stringify(line)}`],
        folder,
      );
      return found.map((candidate) => candidate.split("\t")[0] ?? "");
    };
    await checkOffers(offer);
    assert.deepEqual(await offer("fproxy -c ap"), ["apps two.yaml", "apps.yaml"]);
    assert.deepEqual(await offer("fproxy --config=apps.y"), ["--config=apps.yaml"]);
    assert.deepEqual(await offer("fproxy test ping --delay=f"), ["--delay=false"]);
  }));

Deno.test("an unknown shell is wrong usage that names the known ones", async () => {
  const io = new CapturedIo();
  const command = completionCommand(io, () => Promise.resolve(program())).exitOverride()
    .configureOutput({ writeErr: (text) => io.stderr(text) });
  await assert.rejects(command.parseAsync(["tcsh"], { from: "user" }));
  assert.match(io.err, /bash, zsh, fish/);
});

for (const shell of ["bash", "zsh", "fish"]) {
  testWith([shell], `${shell} finds no mistake in its script`, async () => {
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, await script(shell));
      const { success, stderr } = await new Deno.Command(shell, { args: ["-n", path], stdin: "null" })
        .output();
      assert.ok(success, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(path);
    }
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
