import assert from "node:assert/strict";
import { FproxyError } from "../../../../src/base/errors.ts";
import { StatusWatch, type WholeStatus } from "../../../../src/cli/operator/status.ts";
import { CapturedIo } from "../captured_io.ts";

function status(revision: number, apps = 1): WholeStatus {
  const app = {
    state: "ready",
    ready: true,
    available: 1,
    targets_total: 1,
    counters: { connections_active: 0, connections_total: 0 },
    listeners: [{ listener: "127.0.0.1:80", bound: true }],
  };
  const app_list = Array.from({ length: apps }, (_, n) => ({ ...app, name: `app-${n}\x1b[2J` }));
  return {
    version: "1.2.3",
    revision,
    ready: true,
    connections: { active: 0, max: 9 },
    threads: [],
    names: { failing: 0 },
    app_list,
  } as unknown as WholeStatus;
}

/** Looks as often as there are answers. */
async function watched(io: CapturedIo, answers: readonly (WholeStatus | Error)[]): Promise<string[]> {
  const left = [...answers];
  const watch = new StatusWatch(
    () => {
      const answer = left.shift();
      return answer instanceof Error || answer === undefined
        ? Promise.reject(answer)
        : Promise.resolve(answer);
    },
    false,
    io,
  );
  const shown: string[] = [];
  for (const _ of answers) {
    await watch.look();
    shown.push(io.out);
    io.out = "";
  }
  return shown;
}

Deno.test("without a terminal a table comes when something changed, and failures go to standard error", async () => {
  const io = new CapturedIo();
  const failure = new FproxyError("admin", "no answer");
  const [first, same, failed, changed] = await watched(io, [status(1), status(1), failure, status(2)]);
  assert.match(first ?? "", /revision 1, ready.*\n\nAPP .*\napp-0\\x1b\[2J +ready +1\/1 /);
  assert.deepEqual([same, failed, io.err], ["", "", "status: no answer\n"]);
  assert.match(changed ?? "", /revision 2/);
});

Deno.test("a terminal is drawn over, no taller than it is, and keeps the last table while there is no answer", async () => {
  const io = new CapturedIo(true, 80, false, true, 10);
  const [first, failed] = await watched(io, [status(1, 50), new FproxyError("admin", "no \x1b answer")]);
  for (const screen of [first ?? "", failed ?? ""]) {
    assert.ok(screen.startsWith("\x1b[H\x1b[J"));
    assert.equal(screen.trimEnd().split("\n").length, 9);
  }
  assert.match(first ?? "", /app-4.*\n… 45 more\n$/);
  assert.ok(failed?.startsWith("\x1b[H\x1b[Jstatus: no \\x1b answer\n\nfproxy 1.2.3"));
  assert.equal(io.err, "");
});
