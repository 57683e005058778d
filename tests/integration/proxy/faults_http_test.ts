import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { accessRecords } from "../../kit/access_records.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { PacedClients, requestClient } from "../../kit/paced_clients.ts";
import { say } from "../../kit/programs.ts";
import { Proxy } from "../../kit/proxy.ts";
import {
  assertServedBy,
  available,
  more,
  OUT_WITHIN_MS,
  PROBE,
  RATE,
  recorded,
  servedFromNow,
  web,
} from "./faults_setup.ts";

/** What clients of an app in mode `http` notice when most endpoints, or all of them, fail under load. */

type AppInput = ConfigInput["apps"][number];

const GOOD = answerText(200, "fine");
const BAD = answerText(500, "not so");
const ANSWERED_WITHIN_MS = 5;
/** Of fifty clients so many are answered in time, in the best of some rounds: others use the machine, too. */
const MOST = 45;
const ROUNDS = 40;
const PROBED = { ...PROBE, type: "http", path: "/health" } as const;

/** Nine endpoints that can be made to fail together. */
class Nine implements AsyncDisposable {
  isWell = true;
  readonly targets: readonly HttpTarget[];
  readonly #gate = Promise.withResolvers<null>();

  /**
   * @param answer of those that are not well; null for none.
   * @param probesPass whether probes get a good one all the same.
   */
  constructor(answer: string | null, private readonly probesPass = false) {
    this.targets = Array.from({ length: 9 }, () =>
      new HttpTarget(({ target }) => {
        if (this.isWell || this.probesPass && target === PROBED.path) return GOOD;
        return answer ?? this.#gate.promise;
      }));
  }

  /** Requests of clients so far. */
  get requests(): number {
    return this.targets.reduce(
      (sum, { requests }) => sum + requests.filter(({ target }) => target !== PROBED.path).length,
      0,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gate.resolve(null);
    for (const target of this.targets) await target[Symbol.asyncDispose]();
  }
}

const url = ({ address: { port } }: HttpTarget): string => `http://127.0.0.1:${port}`;

/** Nine of ten endpoints begin to fail under load: they are out in time, no request fails, and nobody asks them then. */
async function failUnderLoad(
  nine: Nine,
  options: Partial<AppInput>,
  whenOut: (proxy: Proxy) => Promise<void>,
): Promise<void> {
  await using tenth = new HttpTarget(() => GOOD);
  await using proxy = await Proxy.start(web([...nine.targets, tenth].map(url), {
    mode: "http",
    strategy: "round_robin",
    health_check: PROBED,
    ...options,
  }));
  await available(proxy, 10);
  const client = requestClient(await proxy.port("web"));
  const clients = new PacedClients(RATE, client);
  await more(clients, RATE);
  nine.isWell = false;
  const outAfterMs = await available(proxy, 1);
  say(`nine of ten endpoints are out after ${Math.round(outAfterMs)} ms`);
  assert.ok(outAfterMs < OUT_WITHIN_MS, `out after ${outAfterMs} ms`);
  await more(clients, RATE);
  await clients.stop();
  assert.deepEqual(clients.failuresSince(0), []);
  const asked = nine.requests;
  assertServedBy(await servedFromNow(proxy, client, clients.results.length), url(tenth));
  assert.equal(nine.requests, asked);
  await whenOut(proxy);
}

Deno.test("nine of ten endpoints accept and hang: probes have them out in time, no request fails, and they come back", async () => {
  await using nine = new Nine(null);
  // Until then a request that meets one goes on to the next after `attempt_timeout`.
  await failUnderLoad(nine, { http: { attempt_timeout: "500ms" } }, async (proxy) => {
    assert.match((await proxy.app("web")).targets[0]?.probe?.reason ?? "", /^no result within/);
    nine.isWell = true;
    await available(proxy, 10);
  });
});

Deno.test("nine of ten endpoints answer 500, also to probes: they are out in time, no request fails, and they come back", async () => {
  await using nine = new Nine(BAD);
  await failUnderLoad(nine, {}, async (proxy) => {
    assert.equal((await proxy.app("web")).targets[0]?.probe?.reason, "answered 500");
    nine.isWell = true;
    await available(proxy, 10);
  });
});

Deno.test("nine of ten endpoints answer 500 to all but probes: outlier detection has them out, no request fails", async () => {
  await using nine = new Nine(BAD, true);
  await failUnderLoad(nine, { outlier_detection: { max_ejection_percent: 90 } }, async (proxy) => {
    const { targets } = await proxy.app("web");
    const causes = targets.map(({ ejection, probe }) => [ejection?.cause, probe?.passed]);
    assert.deepEqual(causes.slice(0, 9), Array(9).fill(["consecutive_5xx", true]));
    assert.deepEqual(causes[9], [undefined, true]);
  });
});

Deno.test("when all endpoints are down requests get 503 at once and nobody is asked; the first that returns serves at once", async () => {
  await using nine = new Nine(BAD);
  await using proxy = await Proxy.start(web(nine.targets.map(url), { mode: "http", health_check: PROBED }));
  await available(proxy, 9);
  nine.isWell = false;
  await available(proxy, 0);
  const port = await proxy.port("web");
  const shares: number[] = [];
  while (shares.length < ROUNDS && (shares.at(-1) ?? 0) < MOST) shares.push(await answeredInTime(port));
  say(`answered 503 within ${ANSWERED_WITHIN_MS} ms, of 50 each round: ${shares}`);
  assert.ok(shares.at(-1)! >= MOST, `${shares}`);
  assert.equal(nine.requests, 0);
  await recorded(proxy, 50 * shares.length);
  const ends = new Set(
    accessRecords(proxy).map(({ close_reason, attempts }) => `${close_reason} ${attempts}`),
  );
  assert.deepEqual([...ends], ["no_target 0"]);
  nine.isWell = true;
  await available(proxy, 9);
  await requestClient(port)();
});

/** How many of fifty clients had their answer in time, one after another. */
async function answeredInTime(port: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < 50; i++) {
    const startedAt = performance.now();
    using client = await HttpClient.to(port);
    assert.equal((await client.get()).status, 503);
    if (performance.now() - startedAt <= ANSWERED_WITHIN_MS) count++;
  }
  return count;
}
