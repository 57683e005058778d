import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { permissionsOf } from "../../../../src/region/init/permissions.ts";
import { regionFiles } from "../../../../src/region/init/region_files.ts";
import { keyOf, PATHS } from "../../../../src/region/store/key_text.ts";

const NOW = Date.UTC(2030, 0, 1);

async function files(servers: readonly string[]): Promise<Map<string, { text: string; isSecret: boolean }>> {
  const made = await regionFiles({
    region: "main",
    nodes: ["node-1", "node-2"],
    fronts: ["front-1"],
    servers,
    now: NOW,
  });
  assert.equal(new Set(made.map(({ path }) => path)).size, made.length);
  return new Map(made.map(({ path, ...file }) => [path, file]));
}

Deno.test("region init: certificates lead to the region's own authority, and name their hosts", async () => {
  const made = await files(["10.0.0.1", "nats.example", "fd00::1"]);
  const authority = new X509Certificate(made.get("ca.pem")!.text);
  assert.equal(authority.ca, true);
  for (const [at, host] of ["10.0.0.1", "nats.example", "fd00::1"].entries()) {
    const certificate = new X509Certificate(made.get(`nats-${at + 1}.pem`)!.text);
    assert.equal(certificate.verify(authority.publicKey), true);
    assert.equal(certificate.ca, false);
    const names = host === "nats.example" ? certificate.checkHost(host) : certificate.checkIP(host);
    assert.notEqual(names, undefined, host);
    assert.ok(
      Date.parse(certificate.validFrom) < NOW &&
        Date.parse(certificate.validTo) > NOW + 9 * 365 * 24 * 3_600_000,
    );
  }
  assert.match(made.get("nats-3.conf")!.text, /listen: "\[fd00::1\]:4222"/);
});

Deno.test("region init: secrets are kept from others; each user has a seed of its own", async () => {
  const made = await files(["127.0.0.1"]);
  for (const [path, { isSecret }] of made) assert.equal(isSecret, /\.(?:key|nk)$/.test(path), path);
  const seeds = [...made].filter(([path]) => path.endsWith(".nk")).map(([, { text }]) => text.split("\n")[1]);
  assert.equal(new Set(seeds).size, 5);
  for (const seed of seeds) {
    assert.match(seed!, /^SU[A-Z2-7]{56}$/);
    for (const [path, { text }] of made) if (!path.endsWith(".nk")) assert.ok(!text.includes(seed!), path);
  }
  // One server has no cluster.
  assert.doesNotMatch(made.get("nats-1.conf")!.text, /cluster/);
});

Deno.test("region init: servers of one machine have ports of their own", async () => {
  const made = await files(["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  assert.match(
    made.get("nats-3.conf")!.text,
    /listen: "127\.0\.0\.1:4224"[\s\S]*listen: "127\.0\.0\.1:6224"[\s\S]*tls:\/\/127\.0\.0\.1:6222"[\s\S]*6223/,
  );
  assert.match(
    made.get("node-1.yaml")!.text,
    /servers: \["tls:\/\/127\.0\.0\.1:4222", "tls:\/\/127\.0\.0\.1:4223", "tls:\/\/127\.0\.0\.1:4224"\]/,
  );
});

Deno.test("region init: a node writes its own alone, whatever its name; nobody reads other regions", () => {
  const { publish } = permissionsOf({ node: "a.b-1" }, "main");
  const written = publish.filter((subject) => subject.startsWith("$KV."));
  const key = keyOf("a.b-1");
  assert.deepEqual(written, [`$KV.main_nodes.${key}`, `$KV.main_states.${key}.>`, `$KV.main_fronts.${key}`]);
  assert.ok(
    publish.every((subject) => !subject.includes("STREAM.CREATE") && !subject.includes("STREAM.DELETE")),
  );
  for (const role of ["operator", "control"] as const) {
    const keys = permissionsOf(role, "main").publish.filter((subject) => subject.startsWith("$KV.")).join();
    assert.equal(keys.includes("assignments"), role === "control");
    assert.equal(keys.includes("apps"), role === "operator");
  }
});

Deno.test("region init: a program of fronts writes what its fronts use alone", () => {
  const { publish } = permissionsOf({ front: "edge.1" }, "main");
  assert.deepEqual(publish.filter((subject) => subject.startsWith("$KV.")), ["$KV.main_fronts.edge=2E1.>"]);
  assert.equal(PATHS.keyOf("edge.1/haproxy"), "edge=2E1.haproxy");
});
