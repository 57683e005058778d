import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { connectSyslog } from "../../../../../src/control/telemetry/outputs/syslog_connection.ts";
import { SyslogSink } from "../../../../../src/control/telemetry/outputs/syslog_sink.ts";
import { parseSyslogAddress } from "../../../../../src/model/syslog_address.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { NotedReports } from "../../../../kit/noted_reports.ts";
import { SyslogReceiver } from "../../../../kit/syslog_receiver.ts";

/** A sink for an address, and what it reports. */
class Fixture implements Disposable {
  readonly reports = new NotedReports();
  readonly sink: SyslogSink;

  constructor(address: string) {
    this.sink = new SyslogSink(parseSyslogAddress(address), systemClock, this.reports);
  }

  async write(text: string): Promise<void> {
    let rest: Uint8Array = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await this.sink.write(rest));
  }

  [Symbol.dispose](): void {
    this.sink.close();
  }
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fproxy_test_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const KINDS: Readonly<Record<string, (folder: string) => SyslogReceiver>> = {
  "UDP": () => SyslogReceiver.udp(),
  "TCP": () => SyslogReceiver.tcp(),
  "a unix socket for datagrams": (folder) => SyslogReceiver.unixDatagrams(`${folder}/log`),
  "a unix socket that is a stream": (folder) => SyslogReceiver.unixStream(`${folder}/log`),
};

for (const [name, receive] of Object.entries(KINDS)) {
  Deno.test({
    name: `each line is a message, in order, by ${name}`,
    ignore: Deno.build.os === "windows" && name.includes("unix"),
    fn: () =>
      inFolder(async (folder) => {
        await using receiver = receive(folder);
        using fixture = new Fixture(receiver.address);
        const lines = Array.from({ length: 300 }, (_, number) => `message ${number} é`);
        // More at once than its buffer holds would be lost by UDP, which is not what is tested.
        for (let at = 0; at < lines.length; at += 50) {
          const some = lines.slice(at, at + 50).map((line) => `${line}\n`);
          if (at % 100 === 0) await fixture.write(some.join(""));
          else for (const line of some) await fixture.write(line);
          await eventually("the messages", () => receiver.messages.length === at + some.length);
        }
        assert.deepEqual(receiver.messages, lines);
        assert.deepEqual(fixture.reports.failures, []);
      }),
  });
}

Deno.test("a receiver that is not there yet is tried again, and gets what waited", async () => {
  const first = SyslogReceiver.tcp();
  const { port, address } = first;
  await first[Symbol.asyncDispose]();
  using fixture = new Fixture(address);
  const writing = fixture.write("one\ntwo\n");
  await eventually("a failure", () => fixture.reports.failures.length > 0);
  await using receiver = SyslogReceiver.tcp(port);
  await writing;
  await eventually("both messages", () => receiver.messages.length === 2);
  assert.equal(fixture.reports.isWell, true);
});

Deno.test("the end of a receiver's connection is noticed before something is sent", async () => {
  await using receiver = SyslogReceiver.tcp();
  const connection = await connectSyslog(parseSyslogAddress(receiver.address), systemClock);
  await connection.send(new TextEncoder().encode("one\n"));
  await eventually("it", () => receiver.messages.length === 1);
  assert.equal(connection.isOver, false);
  receiver.disconnect();
  await eventually("the end", () => connection.isOver);
  connection.close();
});

Deno.test("a receiver that is started anew is connected to anew", async () => {
  await using receiver = SyslogReceiver.tcp();
  using fixture = new Fixture(receiver.address);
  for (const text of ["one", "two", "three"]) {
    // What is sent before the end is noticed is lost.
    await eventually(text, async () => {
      if (!receiver.messages.includes(text)) await fixture.write(`${text}\n`);
      return receiver.messages.includes(text);
    });
    receiver.disconnect();
  }
});

Deno.test("a receiver that reads nothing holds up only who writes to it, and closing ends that", async () => {
  await using receiver = SyslogReceiver.tcp();
  receiver.stopReading();
  using fixture = new Fixture(receiver.address);
  const line = `${"x".repeat(8_000)}\n`.repeat(100);
  let written = 0;
  const ended = assert.rejects(async () => {
    for (;; written++) await fixture.write(line);
  }, /closed/);
  let looks = 0;
  let before = -1;
  await eventually("nothing more to be taken", () => {
    looks = written === before && written > 0 ? looks + 1 : 0;
    before = written;
    return looks === 20;
  });
  fixture.sink.close();
  await ended;
});

Deno.test({
  name: "a socket for datagrams that is made anew is found again",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/log`;
      const first = SyslogReceiver.unixDatagrams(path);
      using fixture = new Fixture(first.address);
      await fixture.write("one\n");
      await eventually("it", () => first.messages.length === 1);
      await first[Symbol.asyncDispose]();
      await Deno.remove(path).catch(() => {});
      const writing = fixture.write("two\n");
      await eventually("a failure", () => fixture.reports.failures.length > 0);
      await using second = SyslogReceiver.unixDatagrams(path);
      await writing;
      await eventually("the other", () => second.messages.length === 1);
    }),
});
