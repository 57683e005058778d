import assert from "node:assert/strict";
import { adminAccess } from "../../../../src/cli/admin/admin_options.ts";

async function accessBy(config: string): ReturnType<typeof adminAccess> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, config);
    const access = await adminAccess({ config: path });
    return { ...access, note: access.note.replace(path, "FILE") };
  } finally {
    await Deno.remove(path);
  }
}

const DEFAULT = { host: "127.0.0.1", port: 9901 };

Deno.test("the config says where the admin server is, also while the rest of it is wrong", async () => {
  const cases = {
    'admin: { listen: "127.0.0.1:7" }\napps: 5': { host: "127.0.0.1", port: 7, tls: false },
    'admin: { listen: 7, token: "${NOT_THERE}" }\napps: []': { host: "127.0.0.1", port: 7, tls: false },
    'admin: { listen: "[::]:7", tls: { cert_file: a, key_file: b } }': { host: "::1", port: 7, tls: true },
    'admin: { listen: "unix:/run/f.sock" }': { path: "/run/f.sock" },
  };
  for (const [config, address] of Object.entries(cases)) {
    const access = await accessBy(config);
    assert.deepEqual([access.address, access.note], [address, ""], config);
  }
});

Deno.test("a config that does not say it is no failure: a proxy whose file is edited stays healthy", async () => {
  const cases = {
    "apps: [": "cannot be read",
    "admin: 5": "cannot be read",
    "apps: []": "has no admin.listen",
    'admin: { listen: "127.0.0.1:0" }': "has the system choose the port of the admin server",
  };
  for (const [config, why] of Object.entries(cases)) {
    const { address, note } = await accessBy(config);
    assert.deepEqual([address, note], [DEFAULT, ` (FILE ${why}: give --admin)`], config);
  }
  assert.deepEqual((await adminAccess({ config: "no_such_file.yaml" })).address, DEFAULT);
  assert.deepEqual((await adminAccess({ config: "", admin: { path: "/x" } })).address, { path: "/x" });
});
