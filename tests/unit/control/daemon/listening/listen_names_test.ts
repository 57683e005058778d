import assert from "node:assert/strict";
import { ListenError } from "../../../../../src/base/errors.ts";
import { ListenNames } from "../../../../../src/control/daemon/listening/listen_names.ts";
import type { ListenIps } from "../../../../../src/control/listen/listen_lookup.ts";
import type { AppConfig } from "../../../../../src/model/config.ts";
import { parseApps } from "../../../../kit/configs.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { LogLines } from "../../../../kit/log_lines.ts";

const KEY = "web.example:80";

/** Names whose look-ups the test answers. */
class Fixture {
  readonly clock = new FakeClock();
  readonly asked: PromiseWithResolvers<ListenIps>[] = [];
  readonly apps: AppConfig[] = [
    ...parseApps({ name: "a", ports: [KEY, "127.0.0.1:81"], targets: ["10.0.0.1:80"] }).values(),
  ];
  settled = 0;
  readonly names = new ListenNames({
    clock: this.clock,
    log: new LogLines().log,
    ips: () => {
      const answer = Promise.withResolvers<ListenIps>();
      this.asked.push(answer);
      return answer.promise;
    },
    onSettled: () => this.settled++,
  });

  /** Asks, and gives this answer. */
  async look(answer: readonly string[] | ListenError): Promise<void> {
    const before = this.settled;
    assert.equal(this.names.look(this.apps), 1);
    if (answer instanceof ListenError) this.asked.at(-1)?.reject(answer);
    else this.asked.at(-1)?.resolve({ ips: answer, left: [] });
    await eventually("the answer", () => this.settled > before);
  }
}

Deno.test("a name is looked up until that brings something, and then never again", async () => {
  const fixture = new Fixture();
  const { names, apps } = fixture;
  await fixture.look(new ListenError("unresolved", "no such name"));
  assert.deepEqual(names.of(KEY), { ips: [], failure: { code: "unresolved", message: "no such name" } });
  await fixture.look(["127.0.0.1"]);
  assert.deepEqual(names.of(KEY), { ips: ["127.0.0.1"], failure: null });
  assert.equal(names.look(apps), 0);
  assert.equal(fixture.asked.length, 2);
});

Deno.test("one that is no longer configured is forgotten, and looked up anew when it comes back", async () => {
  const fixture = new Fixture();
  await fixture.look(["127.0.0.1"]);
  fixture.names.keepOnly(new Set([KEY]));
  assert.equal(fixture.names.look(fixture.apps), 0);
  fixture.names.keepOnly(new Set());
  await fixture.look(["127.0.0.2"]);
  assert.deepEqual(fixture.names.of(KEY).ips, ["127.0.0.2"]);
});

Deno.test("a look-up that takes long is waited for once, and counts when it ends", async () => {
  const fixture = new Fixture();
  const { names, clock } = fixture;
  names.look(fixture.apps);
  const waiting = names.settled(1_000);
  clock.advance(1_000);
  await waiting;
  assert.equal(names.of(KEY).failure?.code, "unresolved");
  assert.equal(names.look(fixture.apps), 1);
  await names.settled(1_000);
  assert.deepEqual([clock.pendingTimers, fixture.asked.length], [0, 1]);
  fixture.asked[0]?.resolve({ ips: ["::1"], left: [] });
  await eventually("the answer", () => fixture.settled === 1);
  assert.deepEqual(names.of(KEY), { ips: ["::1"], failure: null });
});
