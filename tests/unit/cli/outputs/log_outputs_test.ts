import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { LogOutputs } from "../../../../src/cli/outputs/log_outputs.ts";
import { type ConfigInput, configSchema } from "../../../../src/model/config.ts";
import { eventually } from "../../../kit/eventually.ts";
import { CapturedIo } from "../captured_io.ts";

/** A log that writes to standard error, kept as text, until it is told otherwise. */
class Fixture {
  readonly io = new CapturedIo(false, 80);
  readonly events: string[] = [];
  readonly outputs = new LogOutputs({
    clock: systemClock,
    io: this.io,
    level: "info",
    observe: ({ event }) => void this.events.push(event),
  });

  async goTo(written: NonNullable<ConfigInput["log"]>): Promise<void> {
    const { log } = configSchema.parse({ apps: [], log: written });
    (await this.outputs.prepare(log)).commit();
  }
}

Deno.test("the log goes to standard error until a config says otherwise; what is observed is all of it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fproxy_test_" });
  try {
    const fixture = new Fixture();
    const { log } = fixture.outputs;
    log.info("drained");
    await fixture.goTo({
      to: [{ type: "file", path: `${folder}/a.log`, format: "pretty" }, `${folder}/b.log`],
    });
    log.warn("signal_ignored", { signal: "SIGUSR2" });
    await fixture.goTo({ to: "stderr" });
    log.info("draining");
    await fixture.outputs.flush();
    assert.match(
      await Deno.readTextFile(`${folder}/a.log`),
      /^\S+ warn {2}signal ignored: .* signal=SIGUSR2\n$/,
    );
    assert.equal(JSON.parse(await Deno.readTextFile(`${folder}/b.log`)).event, "signal_ignored");
    const said = fixture.io.err.split("\n").slice(0, -1).map((line): string => JSON.parse(line).event);
    assert.deepEqual(said, ["drained", "draining"]);
    assert.deepEqual(fixture.events, ["drained", "signal_ignored", "draining"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a place that cannot be opened changes nothing", async () => {
  const fixture = new Fixture();
  await assert.rejects(fixture.goTo({ to: "/nowhere/at/all.log" }));
  fixture.outputs.log.info("drained");
  assert.match(fixture.io.err, /"event":"drained"/);
});

Deno.test({
  name: "standard error shows in any case that the log cannot be written",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const fixture = new Fixture();
    // Every write fails with ENOSPC (man 4 full).
    await fixture.goTo({ to: "/dev/full" });
    fixture.outputs.log.info("drained");
    await eventually("the complaint", () => fixture.io.err.includes('"event":"log_failed"'));
    assert.doesNotMatch(fixture.io.err, /drained/);
    // Left twice: the second time what waits is given up.
    await fixture.goTo({ to: "none" });
    await fixture.goTo({ to: "stderr" });
    await fixture.goTo({ to: "none" });
    await fixture.outputs.flush();
    assert.ok(fixture.outputs.dropped > 0);
  },
});
