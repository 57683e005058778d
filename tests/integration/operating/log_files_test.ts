import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { makeRecords } from "../../kit/make_records.ts";
import { MEDIAN_OF, medianAskMs } from "../../kit/median_ask_ms.ts";
import { mountObstacle, onFullDisk } from "../../kit/full_disk.ts";
import { say, testIf } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const noSignals = Deno.build.os === "windows" ? "Windows has no such signals" : null;

function names(folder: string, start: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith(start));
}

/** Ids of the records in files; whole lines, or it fails. */
async function ids(folder: string, files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((name) => Deno.readTextFile(`${folder}/${name}`)));
  return texts.flatMap((text) => {
    assert.ok(text === "" || text.endsWith("\n"), "whole lines");
    return text.split("\n").slice(0, -1).map((line): string => JSON.parse(line).id);
  });
}

testIf(
  noSignals,
  "rotated by size and renamed by others under traffic, no record is lost or there twice, and no file is too large",
  async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start({ apps: [] });
    const { folder } = proxy;
    const maxSize = 8 * KIB;
    await proxy.rollOut({
      access_log: {
        to: { type: "file", path: `${folder}/access.log`, rotate: { max_size: maxSize, keep: 1_000 } },
      },
      apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
    });
    const port = await proxy.port("web");
    let asked = 0;
    let isOver = false;
    const asking = Promise.all(Array.from({ length: 4 }, async () => {
      while (!isOver) {
        assert.equal(await askOnce(port, "?"), "?");
        asked++;
      }
    }));
    // What goes wrong there is told when it is awaited.
    asking.catch(() => {});
    for (let round = 1; round <= 3; round++) {
      const rotated = names(folder, "access.log.").length;
      await eventually("two rotations", () => names(folder, "access.log.").length >= rotated + 2);
      await eventually("a record", async () => (await ids(folder, ["access.log"])).length > 0);
      await Deno.rename(`${folder}/access.log`, `${folder}/moved.${round}`);
      proxy.program.kill("SIGUSR1");
      await eventually("the new file", () => proxy.logged("log files reopened").length === round);
    }
    isOver = true;
    await asking;
    await eventually("every record", async () => {
      const found = await ids(folder, [...names(folder, "access.log"), ...names(folder, "moved.")]);
      return found.length === asked && new Set(found).size === asked || `${found.length} of ${asked}`;
    });
    for (const name of names(folder, "access.log")) {
      assert.ok(Deno.statSync(`${folder}/${name}`).size <= maxSize, name);
    }
    assert.equal((await proxy.status()).dropped.access_records, 0);
    assert.deepEqual(proxy.logged("a log file cannot be rotated, it grows on"), []);
  },
);

Deno.test("records in a template of the user's own; what a client sends forges no line", async () => {
  await using web = new HttpTarget(() => answerText(200, "here"));
  await using proxy = await Proxy.start({ apps: [] });
  const path = `${proxy.folder}/access.log`;
  await proxy.rollOut({
    access_log: { to: [{ type: "file", path }, "stdout"], format: '%h [%t] "%r" %s %{app}' },
    apps: [{
      name: "web",
      mode: "http",
      ports: [ANY_PORT],
      targets: [`http://127.0.0.1:${web.address.port}`],
    }],
  });
  const port = await proxy.port("web");
  await makeRecords(port, 1);
  const line = /^127\.0\.0\.1 \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/x{1000}" 200 web\n/;
  await eventually("four records", async () => (await Deno.readTextFile(path)).split("\n").length === 5);
  assert.match(await Deno.readTextFile(path), line);
  await eventually("the same in the other place", () => proxy.program.stdout.split("\n").length === 5);
  assert.match(proxy.program.stdout, line);
});

Deno.test("a config whose template or folder is wrong is refused at its place, and the old one stays", async () => {
  await using proxy = await Proxy.start({ apps: [] });
  await proxy.write({ apps: [], admin: { listen: ANY_PORT }, access_log: { format: "%h %{clint_ip}" } });
  await proxy.program.line(/no field is called "clint_ip", at character 4 of the template/);
  await proxy.write({ apps: [], admin: { listen: ANY_PORT }, log: { to: "/nowhere/at/all/fproxy.log" } });
  await proxy.program.line(/the folder \/nowhere\/at\/all does not exist/);
  assert.equal((await proxy.status()).revision, 1);
});

testIf(noSignals, "the log goes to a file as well, each place in its own form, and is reopened", async () => {
  await using proxy = await Proxy.start({ apps: [] });
  const path = `${proxy.folder}/fproxy.log`;
  const log = {
    to: ["stderr", { type: "file", path, format: "pretty" }],
    levels: { config: "warn" },
  } as const;
  await proxy.write({ apps: [], admin: { listen: ANY_PORT }, log: { ...log, to: [...log.to] } });
  await eventually("the file", async () => (await Deno.stat(path)).isFile);
  proxy.program.kill("SIGUSR2");
  await eventually("a line", async () => / info {2}signal ignored/.test(await Deno.readTextFile(path)));
  assert.doesNotMatch(await Deno.readTextFile(path), /config rolled out/);
  await proxy.program.line(/"event":"signal_ignored"/);
  await Deno.rename(path, `${path}.old`);
  proxy.program.kill("SIGUSR1");
  await proxy.program.line(/"event":"access_log_reopened".*"log":"[^"]*fproxy\.log"/);
  await eventually("a new file", async () => / log files reopened /.test(await Deno.readTextFile(path)));
});

testIf(
  await mountObstacle(),
  "a full disk: said once, bounded memory, traffic goes on; what waited is written when there is room, the rest counted",
  async () => {
    await using plain = echoTarget();
    await using web = new HttpTarget(() => answerText(200, "here"));
    const disk = await Deno.makeTempDir({ prefix: "fproxy_test_" });
    try {
      const config: ConfigInput = {
        access_log: { to: `${disk}/access.log` },
        apps: [
          { name: "tcp", ports: [ANY_PORT], targets: [`127.0.0.1:${plain.port}`] },
          { name: "web", mode: "http", ports: [ANY_PORT], targets: [`http://127.0.0.1:${web.address.port}`] },
        ],
      };
      await using proxy = await Proxy.start(config, { wrapper: onFullDisk(disk) });
      const inside = `/proc/${proxy.pid}/root${disk}`;
      const [tcp, http] = [await proxy.port("tcp"), await proxy.port("web")];
      const before = await medianAskMs(tcp);
      let made = MEDIAN_OF + await makeRecords(http, 4 * MIB);
      await eventually("the complaint", () => proxy.logged("writing the access log failed").length === 1);
      made += await makeRecords(http, 8 * MIB);
      const dropped = async (): Promise<number> => (await proxy.status()).dropped.access_records;
      await eventually("records to be dropped", async () => await dropped() > 0);
      const memory = rss(proxy.pid);
      made += await makeRecords(http, 8 * MIB);
      const during = await medianAskMs(tcp);
      made += MEDIAN_OF;
      say(`full disk: median ${before.toFixed(1)} ms before, ${during.toFixed(1)} ms meanwhile`);
      assert.ok(during < 3 * before + 20, `${before} ms before, ${during} ms meanwhile`);
      assert.ok(rss(proxy.pid) - memory < 64 * MIB, "8 MiB of records more take no memory");
      await Deno.remove(`${inside}/filler`);
      await eventually("the end of it", () => proxy.logged("access log keeps up again").length === 1, 30_000);
      await eventually("every record", async () => {
        const found = await ids(inside, ["access.log"]);
        assert.equal(new Set(found).size, found.length);
        return found.length + await dropped() === made || `${found.length} + ${await dropped()} of ${made}`;
      });
      const [over] = proxy.logged("access log keeps up again");
      assert.deepEqual([over?.output, over?.dropped], [`${disk}/access.log`, await dropped()]);
      assert.deepEqual(proxy.logged("access log is too slow, dropping records"), [], "it is said once");
    } finally {
      await Deno.remove(disk, { recursive: true });
    }
  },
);
