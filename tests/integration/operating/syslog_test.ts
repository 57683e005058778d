import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askTimes } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { makeRecords } from "../../kit/make_records.ts";
import { MEDIAN_OF, medianAskMs } from "../../kit/median_ask_ms.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";
import { SyslogReceiver } from "../../kit/syslog_receiver.ts";

const MIB = 1024 * 1024;
const onUnix = Deno.build.os !== "windows";
const TOO_SLOW = "access log is too slow, dropping records";
const KEEPS_UP = "access log keeps up again";
const HEADER = /^<134>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+ fproxy \d+ access - \{/;

Deno.test({
  name: "records arrive over all transports, each once and as RFC 5424 wants them; the log over one",
  ignore: !onUnix,
  fn: async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start({ apps: [] });
    const { folder } = proxy;
    await using udp = SyslogReceiver.udp();
    await using tcp = SyslogReceiver.tcp();
    await using datagrams = SyslogReceiver.unixDatagrams(`${folder}/datagrams`);
    await using stream = SyslogReceiver.unixStream(`${folder}/stream`);
    await using structured = SyslogReceiver.tcp();
    await using events = SyslogReceiver.tcp();
    const plain = [udp, tcp, datagrams, stream];
    await proxy.rollOut({
      log: { to: ["stderr", { type: "syslog", address: events.address, structured_data: "fproxy@32473" }] },
      access_log: {
        to: [
          ...plain.map(({ address }) => ({ type: "syslog", address, facility: "local0" } as const)),
          { type: "syslog", address: structured.address, structured_data: "fproxy@32473" },
        ],
      },
      apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
    });
    await askTimes(await proxy.port("web"), 60);
    for (
      const { address, messages, texts } of [udp, tcp, datagrams, stream].map((one) => ({
        address: one.address,
        messages: one.messages,
        texts: () => one.texts,
      }))
    ) {
      await eventually(`60 records, ${address}`, () => messages.length === 60 || messages.length);
      for (const message of messages) assert.match(message, HEADER);
      assert.equal(new Set(texts().map((text) => JSON.parse(text).id)).size, 60);
    }
    await eventually("60 structured records", () => structured.messages.length === 60);
    assert.match(
      structured.messages[0] ?? "",
      /^<30>1 .* access \[fproxy@32473 ts="[^"]+" id="[^"]+" app="web" .*\]$/,
    );
    await eventually("an event", () => events.messages.some((message) => / config_applied \[/.test(message)));
    assert.match(
      events.messages.find((message) => message.includes("config_applied")) ?? "",
      /^<30>1 \S+ \S+ fproxy \d+ config_applied \[fproxy@32473 revision="2" .*\] config rolled out$/,
    );
    assert.equal((await proxy.status()).dropped.access_records, 0);
  },
});

Deno.test("a receiver that comes late gets what waited, and what waited for one that is away is not lost", async () => {
  await using target = echoTarget();
  const first = SyslogReceiver.tcp();
  const { port: place, address } = first;
  await first[Symbol.asyncDispose]();
  await using proxy = await Proxy.start({
    access_log: { to: { type: "syslog", address } },
    apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
  });
  await askTimes(await proxy.port("web"), 20);
  await eventually("the complaint", () => proxy.logged("writing the access log failed").length === 1);
  await using receiver = SyslogReceiver.tcp(place);
  await eventually("20 records", () => receiver.messages.length === 20 || receiver.messages.length);
  await eventually("the end of it", () => proxy.logged(KEEPS_UP).length === 1);
  assert.equal(proxy.logged(KEEPS_UP)[0]?.dropped, 0);
});

Deno.test("a stalled receiver by TCP costs bounded memory, no time of traffic, and no record of the file beside it", async () => {
  await using plain = echoTarget();
  await using web = new HttpTarget(() => answerText(200, "here"));
  await using receiver = SyslogReceiver.tcp();
  await using proxy = await Proxy.start({ apps: [] });
  const file = `${proxy.folder}/access.log`;
  const config: ConfigInput = {
    access_log: { to: [{ type: "syslog", address: receiver.address }, file] },
    apps: [
      { name: "tcp", ports: [ANY_PORT], targets: [`127.0.0.1:${plain.port}`] },
      { name: "web", mode: "http", ports: [ANY_PORT], targets: [`http://127.0.0.1:${web.address.port}`] },
    ],
  };
  await proxy.rollOut(config);
  const [tcp, http] = [await proxy.port("tcp"), await proxy.port("web")];
  const before = await medianAskMs(tcp);
  let made = MEDIAN_OF + await makeRecords(http, MIB / 4);
  await eventually("records", () => receiver.messages.length === made || receiver.messages.length);
  receiver.stopReading();
  // The system takes some MiB for a receiver that does not read.
  made += await makeRecords(http, 20 * MIB);
  await eventually("the complaint", () => proxy.logged(TOO_SLOW).length === 1);
  const memory = rss(proxy.pid);
  made += await makeRecords(http, 8 * MIB);
  const during = await medianAskMs(tcp);
  made += MEDIAN_OF;
  say(`stalled syslog: median ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms meanwhile`);
  assert.ok(during < 3 * before + 20, `${before} ms before, ${during} ms meanwhile`);
  assert.ok(rss(proxy.pid) - memory < 64 * MIB, "8 MiB of records more take no memory");
  await eventually("every record in the file", async () => {
    return (await Deno.readTextFile(file)).split("\n").length - 1 === made;
  });
  const { access_records } = (await proxy.status()).dropped;
  assert.ok(access_records > 0);
  receiver.goOnReading();
  await eventually("the end of it", () => proxy.logged(KEEPS_UP).length === 1);
  await eventually(
    "the rest",
    () => receiver.messages.length === made - access_records || receiver.messages.length,
  );
  const [over] = proxy.logged(KEEPS_UP);
  assert.deepEqual([over?.output, over?.dropped], [receiver.address, access_records]);
});
