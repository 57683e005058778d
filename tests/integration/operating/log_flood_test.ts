import assert from "node:assert/strict";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { mountObstacle, onFullDisk } from "../../kit/full_disk.ts";
import { medianAskMs } from "../../kit/median_ask_ms.ts";
import { say, testIf } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";

const MIB = 1024 * 1024;
/** Connections at a time: more than one core needs to be busy. */
const CLIENTS = 32;
/** Connections between two looks at the memory; their records are about 5 MiB. */
const STRETCH = 10_000;
/** What a stretch may add to the memory once it is flat, ... */
const FLAT_BYTES = 8 * MIB;
/** ... which it is after so many stretches at the latest: garbage is collected now and then. */
const STRETCHES = 6;

/** Asks for what never ends, and reads nothing of it. */
async function stalledFollower(admin: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(admin);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode("GET /api/v1/access HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  return connection;
}

async function stretch(churn: Churn): Promise<void> {
  const { served } = churn;
  await eventually("a stretch of connections", () => churn.served >= served + STRETCH, 120_000);
}

testIf(
  await mountObstacle(),
  "a flood of connections with a stalled pipe, a full disk and a stalled follower: memory is flat, nobody waits longer",
  async () => {
    await using echo = echoTarget();
    const disk = await Deno.makeTempDir({ prefix: "fproxy_test_" });
    try {
      await using proxy = await Proxy.start({
        access_log: { to: ["stdout", `${disk}/access.log`] },
        apps: [{ name: "tcp", ports: [ANY_PORT], targets: [`127.0.0.1:${echo.port}`] }],
      }, { wrapper: onFullDisk(disk) });
      const port = await proxy.port("tcp");
      const churn = new Churn(port, CLIENTS);
      await stretch(churn);
      const before = await medianAskMs(port);
      proxy.program.stopReading();
      using _follower = await stalledFollower(proxy.adminUrl);
      const dropped = async (): Promise<number> => (await proxy.status()).dropped.access_records;
      await eventually("records to be dropped", async () => await dropped() > 0, 120_000);
      const during = await medianAskMs(port);
      const growths: number[] = [];
      while (growths.length < STRETCHES && (growths.at(-1) ?? Infinity) > FLAT_BYTES) {
        const start = rss(proxy.pid);
        await stretch(churn);
        growths.push(rss(proxy.pid) - start);
      }
      const { failures } = await churn.stop();
      const mib = growths.map((bytes) => (bytes / MIB).toFixed(1)).join(", ");
      say(
        `flood: median ${before.toFixed(1)} ms before, ${
          during.toFixed(1)
        } ms with nobody reading; ${mib} MiB more`,
      );
      assert.deepEqual(failures, []);
      assert.ok((growths.at(-1) ?? Infinity) <= FLAT_BYTES, `${mib} MiB more in each ${STRETCH} connections`);
      assert.ok(during < 2 * before + 10, `${before} ms before, ${during} ms with nobody reading`);
      const lost = await dropped();
      assert.ok(lost > STRETCH, `${lost} dropped of more than ${2 * STRETCH} that two places could not take`);
      proxy.program.goOnReading();
    } finally {
      await Deno.remove(disk, { recursive: true });
    }
  },
);
