import assert from "node:assert/strict";
import { Demonstration } from "../../../../src/cli/demo/demonstration.ts";
import { hints, prompt } from "../../../../src/cli/demo/hints.ts";
import { painter } from "../../../../src/cli/drawing/paint.ts";
import type { AppStatus, Status } from "../../../../src/control/daemon/status.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { appStatus } from "./app_status.ts";

const PLACE = { columns: Infinity, paint: painter(false) };
const [FIRST, SECOND] = ["127.0.0.1:7001", "127.0.0.1:7002"];

/** A proxy that asks its built-in targets in turn and passes over those that are stopped. */
class FakeProxy {
  readonly clock = new FakeClock();
  readonly stopped = new Set<string>();
  readonly log = { arrived: 0, flush: () => Promise.resolve() };
  /** Whether a record arrives for each session. */
  isRecording = true;
  apps: readonly AppStatus[] = [appStatus("web", [FIRST, SECOND])];
  #turn = 0;

  start(served: readonly string[] = [FIRST, SECOND]): Demonstration {
    return new Demonstration({
      clock: this.clock,
      servers: {
        has: (address) => served.includes(address),
        isStopped: (address) => this.stopped.has(address),
        toggle: (address) => {
          if (!this.stopped.delete(address)) this.stopped.add(address);
          return Promise.resolve();
        },
      },
      httpApps: new Set(),
      recordsAll: true,
      status: () => ({ apps: this.apps }) as unknown as Status,
      log: this.log,
      ask: () => {
        if (this.isRecording) this.log.arrived++;
        const up = [FIRST, SECOND].filter((address) => !this.stopped.has(address));
        const from = up[this.#turn++ % up.length];
        return from === undefined ? Promise.reject(new Error("refused")) : Promise.resolve(`${from}: hello`);
      },
    });
  }
}

Deno.test("a stopped target is seen to be passed over, and comes back", async () => {
  const show = new FakeProxy().start();
  assert.deepEqual([show.target, show.isStopped], [FIRST, false]);
  assert.match(
    await show.showAll(PLACE),
    /^web on .*0 failed\n.*7001 {2}3 answers.*\n.*7002 {2}3 answers.*\n\n$/,
  );
  const stopped = await show.toggle(PLACE);
  assert.match(stopped, /^Target 127\.0\.0\.1:7001 is stopped: it refuses connections\.\n.*0 failed\n/);
  assert.match(stopped, /7001 {2}0 answers.*stopped\n.*7002 {2}6 answers.*\nNo client noticed.*\n$/);
  assert.equal(show.isStopped, true);
  const back = await show.toggle(PLACE);
  assert.match(back, /^Target 127\.0\.0\.1:7001 is back\.\n.*\n.*3 answers.*\n.*3 answers.*\n$/);
});

Deno.test("where clients did notice, that is not denied", async () => {
  const proxy = new FakeProxy();
  const show = proxy.start();
  proxy.stopped.add(SECOND);
  const text = await show.toggle(PLACE);
  assert.match(text, /6 connections, 6 failed/);
  assert.doesNotMatch(text, /No client noticed/);
});

Deno.test("it tells nothing before the records of its connections are written, but not for ever", async () => {
  const proxy = new FakeProxy();
  proxy.isRecording = false;
  const written = Promise.withResolvers<void>();
  const show = proxy.start();
  let text = "";
  const showing = show.showAll(PLACE).then((shown) => text = shown);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await Promise.resolve();
  };
  await settle();
  proxy.clock.advance(100);
  await settle();
  assert.equal(text, "");
  proxy.log.flush = () => written.promise;
  proxy.log.arrived = 6;
  proxy.clock.advance(10);
  await settle();
  assert.equal(text, "", "they have arrived, and are not written yet");
  written.resolve();
  await showing;
  assert.match(text, /^web/);
  const again = show.showAll(PLACE).then(() => text = "again");
  for (let i = 0; i < 110; i++) {
    await settle();
    proxy.clock.advance(10);
  }
  await again;
  assert.equal(text, "again", "records that never come");
});

Deno.test("only a built-in target with another beside it can be stopped", () => {
  const proxy = new FakeProxy();
  assert.equal(proxy.start([FIRST]).target, null);
  proxy.apps = [
    appStatus("one", [FIRST]),
    appStatus("twice", [FIRST, FIRST]),
    appStatus("backup", [FIRST, SECOND], { backup: 1 }),
    appStatus("two", ["web.example:80", SECOND, FIRST]),
  ];
  assert.equal(proxy.start().target, SECOND);
});

Deno.test("an app that was taken out of the config meanwhile is said to be gone", async () => {
  const proxy = new FakeProxy();
  const show = proxy.start();
  proxy.apps = [];
  assert.match(await show.toggle(PLACE), /is stopped.*\nweb is not served any more\.\n$/);
});

Deno.test("hints name what there is, and how it is stopped", () => {
  const apps = [
    appStatus("down", [FIRST], { bound: false }),
    appStatus("web", [FIRST], { address: "[::1]:5001" }),
    appStatus("api", [FIRST], { address: "127.0.0.1:5080" }),
  ];
  const facts = { apps, httpApps: new Set(["api"]), configPath: "apps.yaml" };
  assert.equal(
    hints({ ...facts, command: null }, 60),
    "Try it:     echo hello | nc -N ::1 5001\n" +
      "            curl http://127.0.0.1:5080/\n" +
      "Change it:  edit apps.yaml; it is taken over as soon as it …\n" +
      "Stop it:    q, or Ctrl-C\n",
  );
  assert.match(
    hints({ ...facts, apps: [], command: "curl" }, Infinity),
    /^Change it: .*\nStop it: {4}Ctrl-C\n$/,
  );
  const target = { target: FIRST, isStopped: false, command: null };
  assert.match(prompt(target, painter(true)), /^Press \S+s\S+ to stop target 127\.0\.0\.1:7001, /);
  assert.match(
    prompt({ ...target, isStopped: true }, painter(false)),
    /^Press s to start 127\.0\.0\.1:7001 again\.\n$/,
  );
  assert.match(prompt({ ...target, command: "curl X" }, painter(false)), /^Stop target .*: {2}curl X\n$/);
});
