import assert from "node:assert/strict";
import { IMAGE_COMMAND, IMAGE_ENVIRONMENT } from "../../../scripts/image_root.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

function read(path: string): string {
  return Deno.readTextFileSync(REPO_ROOT + path);
}

/** One instruction of the Dockerfile. */
interface Instruction {
  /** Stage that it belongs to; empty before the first. */
  readonly stage: string;
  readonly name: string;
  readonly text: string;
}

function dockerfile(): Instruction[] {
  const lines = read("Dockerfile").replaceAll("\\\n", " ").split("\n").map((line) => line.trim());
  let stage = "";
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [name = "", ...words] = line.split(/\s+/);
    if (name === "FROM") stage = words[2] ?? "image";
    return { stage, name, text: words.join(" ") };
  });
}

/** The instructions of one name, each as the words after it. */
function instructions(name: string, stage?: string): string[] {
  return dockerfile().filter((one) => one.name === name && (stage === undefined || one.stage === stage)).map((
    { text },
  ) => text);
}

/** Program and arguments of an instruction in exec form. @throws {SyntaxError} when it is in shell form. */
function execForm(text: string | undefined): string[] {
  return JSON.parse(/\[.*\]$/.exec(text ?? "")?.[0] ?? "not in exec form") as string[];
}

/** The builds that `BUILD` chooses from: stages that the last one can begin with. */
const BUILDS = ["compiled", "portable"] as const;

Deno.test("Dockerfile: what it copies exists, and reaches the builder", () => {
  const allowed = read(".dockerignore").split("\n").filter((line) => line.startsWith("!")).map((line) =>
    line.slice(1)
  );
  const copies = instructions("COPY").filter((text) => !text.startsWith("--from="));
  const sources = copies.flatMap((text) => text.split(" ").slice(0, -1));
  for (const source of sources) {
    assert.ok(Deno.statSync(REPO_ROOT + source).isFile || Deno.statSync(REPO_ROOT + source).isDirectory);
    assert.ok(allowed.includes(source), `${source} is kept back by .dockerignore`);
  }
  assert.deepEqual(allowed.toSorted(), sources.toSorted());
});

Deno.test("Dockerfile: BUILD chooses the stage that the image begins with, compiled unless told otherwise", () => {
  assert.deepEqual(instructions("ARG", ""), ["BUILD=compiled"]);
  assert.deepEqual(instructions("FROM").at(-1), "${BUILD}");
  const stages = new Set(dockerfile().map(({ stage }) => stage));
  for (const build of BUILDS) assert.ok(stages.has(build), build);
});

Deno.test("Dockerfile: each build runs its task, and the image holds what that makes", () => {
  const directory = instructions("WORKDIR")[0];
  assert.deepEqual(execForm(instructions("RUN", "compiler")[0]), [
    "deno",
    "task",
    "compile",
    "--build",
    "compiled",
  ]);
  assert.deepEqual(instructions("COPY", "compiled"), [
    `--from=compiler ${directory}/fproxy /usr/local/bin/fproxy`,
  ]);
  assert.deepEqual(execForm(instructions("ENTRYPOINT", "compiled")[0]), ["/usr/local/bin/fproxy"]);
  assert.deepEqual(execForm(instructions("RUN", "layout")[0]), ["deno", "task", "image-root"]);
  assert.deepEqual(instructions("COPY", "portable"), [`--from=layout ${directory}/image-root/ /`]);
  assert.deepEqual(execForm(instructions("ENTRYPOINT", "portable")[0]), [...IMAGE_COMMAND]);
  const environment = Object.entries(IMAGE_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  assert.deepEqual(instructions("ENV", "portable"), [environment.join(" ")]);
});

Deno.test("Dockerfile: pinned images, no root, exec form throughout", () => {
  const stages = new Set(dockerfile().map(({ stage }) => stage));
  const images = instructions("FROM").map((text) => text.split(" ")[0] ?? "");
  for (const image of images.filter((name) => !stages.has(name) && name !== "${BUILD}")) {
    assert.match(image, /:(?!latest$)[\w.-]+$/);
  }
  for (const build of BUILDS) {
    const from = instructions("FROM", build)[0] ?? "";
    assert.match(from, /^gcr\.io\/distroless\/cc-.*:nonroot /);
  }
  assert.deepEqual(instructions("USER"), ["nonroot"]);
  assert.equal(instructions("EXPOSE").length, 1);
  for (const name of ["RUN", "HEALTHCHECK", "ENTRYPOINT", "CMD"]) {
    for (const text of instructions(name)) assert.ok(execForm(text).length > 0, name);
  }
});

for (const build of BUILDS) {
  Deno.test(`Dockerfile: the health check of the ${build} build is a command of the program`, async () => {
    const start = execForm(instructions("ENTRYPOINT", build)[0]);
    const check = execForm(instructions("HEALTHCHECK", build)[0]);
    assert.deepEqual(check.slice(0, start.length), start);
    const args = check.slice(start.length);
    assert.equal(args[0], "health");
    const io = new CapturedIo();
    assert.equal(await runProgram([...args, "--help"], io), 0);
    assert.match(io.out, /Usage: fproxy health/);
  });
}
