import assert from "node:assert/strict";
import { planServers, type WantedServer } from "../../../../../src/region/fronts/haproxy/server_plan.ts";
import { busyServers, readServers } from "../../../../../src/region/fronts/haproxy/server_table.ts";

/** As HAProxy 2.6 prints it. */
const TABLE = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
3 be_web 1 static 10.0.0.9 2 0 1 1 12 1 0 2 0 0 0 0 - 80 - 0 0 - - 0
3 be_web 2 f-n1 10.0.0.1 2 0 1 1 5 6 3 4 6 0 0 0 - 80 - 0 0 - - 0
3 be_web 3 f-n2 10.0.0.2 0 5 1 1 5 1 0 4 10 0 0 0 - 80 - 0 0 - - 0
3 be_web 4 f-n3 10.0.0.3 2 8 7 1 5 6 3 4 6 0 0 0 - 80 - 0 0 - - 0
3 be_web 5 f-n4 10.0.0.4 2 8 1 1 5 6 3 4 6 0 0 0 - 80 - 0 0 - - 0
3 be_web 6 f-n5 10.0.0.5 2 0 1 1 5 6 3 4 6 0 0 0 - 80 - 0 0 - - 0
`;

function wanted(...names: string[]): WantedServer[] {
  return names.map((name) => ({ name, address: "10.0.0.1:80", weight: 1 }));
}

Deno.test("haproxy: what is there and what is wanted gives what to do", () => {
  const present = readServers(TABLE)!;
  assert.equal(present.length, 6);
  const plan = planServers(present, wanted("f-n1", "f-n2", "f-n3", "f-n6"), "f-");
  assert.deepEqual(plan.add.map(({ name }) => name), ["f-n6"]);
  // It was added, and nothing more: its check does not run, and it is in maintenance.
  assert.deepEqual(plan.check, ["f-n2"]);
  assert.deepEqual(plan.enable, ["f-n2", "f-n3"]);
  assert.deepEqual(plan.reweigh.map(({ name }) => name), ["f-n3"]);
  assert.deepEqual(plan.drain, ["f-n5"]);
  assert.deepEqual(plan.leaving.map(({ name, isInMaintenance }) => [name, isInMaintenance]), [[
    "f-n4",
    false,
  ]]);
});

Deno.test("haproxy: servers of others are left alone, whatever is wanted", () => {
  const present = readServers(TABLE)!;
  const { add, drain, leaving } = planServers(present, [], "g-");
  assert.deepEqual([add, drain, leaving], [[], [], []]);
  const none = planServers(readServers(TABLE.split("\n").slice(0, 2).join("\n"))!, wanted("f-n1"), "f-");
  assert.deepEqual(none.add.map(({ name }) => name), ["f-n1"]);
});

Deno.test("haproxy: answers that are no table are none", () => {
  assert.equal(readServers("Can't find backend."), null);
  assert.equal(readServers(""), null);
});

Deno.test("haproxy: servers with open or waiting sessions are busy", () => {
  const stat = `# pxname,svname,qcur,qmax,scur,smax,slim
be_web,f-n1,0,0,3,4,
be_web,f-n2,1,1,0,4,
be_web,f-n3,0,0,0,4,
`;
  assert.deepEqual([...busyServers(stat)], ["f-n1", "f-n2"]);
});
