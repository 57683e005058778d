import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { PROVIDERS } from "../../../../src/region/providers/mod.ts";
import type { NodeProvider } from "../../../../src/region/providers/provider.ts";
import { eventually } from "../../../kit/eventually.ts";

const NEVER = new AbortController().signal;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fproxy_providers_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function execProvider(folder: string, script: string, timeout = 20_000): NodeProvider {
  const command = ["sh", "-c", script, "nodes"];
  return PROVIDERS.get("exec").make({ command, env: { PLACE: folder }, timeout }, {
    clock: systemClock,
    program: [],
    folder,
  });
}

Deno.test("provider exec: the program is told what to do with which node, and gets its environment alone", async () => {
  await withFolder(async (folder) => {
    const nodes = execProvider(folder, 'echo "$1 $2 $FPROXY_NODE ${FPROXY_SECRET-none}" >> "$PLACE/said"');
    Deno.env.set("FPROXY_SECRET", "secret");
    try {
      await nodes.add("auto-1", NEVER);
      await nodes.remove("auto-1", NEVER);
    } finally {
      Deno.env.delete("FPROXY_SECRET");
    }
    assert.equal(
      await Deno.readTextFile(`${folder}/said`),
      "add auto-1 auto-1 none\nremove auto-1 auto-1 none\n",
    );
  });
});

Deno.test("provider exec: what the program says when it fails is told; one that hangs is ended", async () => {
  await withFolder(async (folder) => {
    const failing = execProvider(folder, 'echo "no machines left" >&2; exit 3');
    await assert.rejects(failing.add("auto-1", NEVER), /add auto-1 ended with code 3: no machines left/);
    const hanging = execProvider(folder, "exec sleep 60", 200);
    await assert.rejects(hanging.add("auto-1", NEVER), /did not end in 200 ms/);
    const ending = new AbortController();
    const adding = execProvider(folder, "exec sleep 60").add("auto-1", ending.signal);
    ending.abort(new Error("over"));
    await assert.rejects(adding, /over/);
    // What it leaves behind and holds its output is not waited for.
    await execProvider(folder, "sleep 3 & exit 0").add("auto-1", NEVER);
  });
});

Deno.test("provider process: a node runs once, also for another control, until it is taken away", async () => {
  await withFolder(async (folder) => {
    const settings = {
      config: "node.yaml",
      directory: "made",
      ports: { first: 100, last: 129 },
      ports_per_node: 10,
    };
    const script = 'echo "$FPROXY_NODE $FPROXY_PORT_RANGE $*" >> "$0"; exec sleep 60';
    const program = ["sh", "-c", script, `${folder}/started`];
    const make = (): NodeProvider =>
      PROVIDERS.get("process").make(settings, { clock: systemClock, program, folder });
    const said = (): string => Deno.readTextFileSync(`${folder}/started`);
    const [first, second] = [make(), make()];
    await first.add("auto-2", NEVER);
    await eventually(
      "the program to start",
      () => said() === `auto-2 110-119 --config ${folder}/node.yaml\n`,
    );
    await second.add("auto-2", NEVER);
    assert.equal(said().split("\n").length, 2);
    const pid = Number(await Deno.readTextFile(`${folder}/made/auto-2.pid`));
    await second.remove("auto-2", NEVER);
    await eventually("the program to be gone", () => {
      try {
        return !Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("sleep");
      } catch {
        return true;
      }
    });
    await first.remove("auto-2", NEVER);
    await assert.rejects(first.add("auto-4", NEVER), /there are ports for 3 nodes alone/);
  });
});
