import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import { startTool, tool } from "./setup.ts";

async function askEcho(address: string): Promise<string> {
  const [, hostname = "", port = ""] = /^(.*)[: ](\d+)$/.exec(address) ?? [];
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await writeAll(connection, new TextEncoder().encode("hello"));
  await connection.closeWrite();
  return await within("the echo", new Response(connection.readable).text());
}

Deno.test("echo serves each of its addresses until SIGTERM, and gives 0", async () => {
  await using program = startTool(["echo", "-l", "127.0.0.1:0", "-l", "127.0.0.1:0", "--name", "a"]);
  const [, first = ""] = await program.line(/^listening on (\S+)$/);
  const [, second = ""] = await program.line(/^listening on (\S+)$/, 15_000, 1);
  assert.notEqual(first, second);
  assert.equal(await askEcho(first), "a: hello");
  assert.equal(await askEcho(second), "a: hello");
  program.kill("SIGTERM");
  assert.equal((await program.result()).code, 0);
});

Deno.test("echo and dummy that cannot listen say so, and give 1; wrong usage gives 2", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${taken.addr.port}`;
  try {
    for (const args of [["echo", "-l", address], ["dummy", "-a", address]]) {
      const { code, stderr } = await tool(args);
      assert.match(stderr, new RegExp(`^${args[0]}: cannot listen on ${address}: .*in use`));
      assert.equal(code, 1);
    }
  } finally {
    taken.close();
  }
  const wrong = [["echo"], ["echo", "-l", "x"], ["dummy", "--delay-responding=maybe"], [
    "dummy",
    "--stop-after",
    "5",
  ]];
  for (const args of wrong) assert.equal((await tool(args)).code, 2, args.join(" "));
});

Deno.test("dummy greets, fails when asked to, and stops by itself", async () => {
  await using program = startTool(
    [
      "dummy",
      "--address",
      "127.0.0.1:0",
      "--delay-responding=false",
      "--random-errors=false",
      "--stop-after",
      "2s",
    ],
  );
  const [, address = ""] = await program.line(/^listening on (\S+)$/);
  const response = await within("the answer", fetch(`http://${address}/path`));
  assert.equal(await response.text(), `Hello, world from ${address}/path`);
  assert.equal((await program.result()).code, 0);
  await assert.rejects(fetch(`http://${address}/`));
});

Deno.test("dummy's errors do not depend on its delays", async () => {
  await using program = startTool(["dummy", "--address", "127.0.0.1:0", "--delay-responding=false"]);
  const [, address = ""] = await program.line(/^listening on (\S+)$/);
  const seen = new Set<number>();
  // 200 requests without an error, or without a success, are as likely as 10^-25.
  for (let i = 0; i < 200 && seen.size < 2; i++) {
    const response = await within("the answer", fetch(`http://${address}/`));
    seen.add(response.status);
    await response.body?.cancel();
  }
  assert.deepEqual([...seen].sort(), [200, 500]);
  program.kill("SIGINT");
  await eventually("the end", async () => (await program.result()).code === 0);
});

Deno.test("dummy takes its flags as programs in Go do, and in its own long forms", async () => {
  const spellings = [
    ["-address", "127.0.0.1:0", "-stop-after", "1s", "-delay-responding=false", "--random-errors=false"],
    ["--address=127.0.0.1:0", "--stop-after=1s", "--delay-responding=false", "--random-errors", "false"],
    ["-a", "127.0.0.1:0", "-s=1s", "-d=F", "-r=0"],
  ];
  const results = await Promise.all(spellings.map((flags) => tool(["dummy", ...flags])));
  for (const [index, { code, stdout, stderr }] of results.entries()) {
    assert.equal(stderr, "");
    assert.match(stdout, /^listening on 127\.0\.0\.1:\d+\n$/, spellings[index]?.join(" "));
    assert.equal(code, 0);
  }
  const { code, stderr } = await tool(["dummy", "-x"]);
  assert.match(stderr, /unknown flag -x: known are -address, -stop-after/);
  assert.equal(code, 2);
});

Deno.test("echo and dummy listen on all addresses of a name, on one port", async () => {
  for (
    const args of [["echo", "-l", "localhost:0"], ["dummy", "-a", "localhost:0", "-d=false", "-r=false"]]
  ) {
    await using program = startTool(args);
    const [, port = ""] = await program.line(/^listening on 127\.0\.0\.1:(\d+)$/);
    await program.line(new RegExp(`^listening on \\[::1\\]:${port}$`));
    if (args[0] === "echo") {
      for (const hostname of ["127.0.0.1", "::1"]) {
        assert.equal(
          await askEcho(`${hostname} ${port}`),
          "hello",
        );
      }
    } else {
      for (const host of ["127.0.0.1", "[::1]"]) {
        const response = await within("the answer", fetch(`http://${host}:${port}/`));
        assert.equal(await response.text(), `Hello, world from ${host}:${port}/`);
      }
    }
    program.kill("SIGTERM");
    assert.equal((await program.result()).code, 0);
  }
  const { code, stderr } = await tool(["echo", "-l", "nowhere.invalid:1"]);
  assert.match(stderr, /^echo: cannot listen on nowhere\.invalid:1: Cannot resolve nowhere\.invalid: /);
  assert.equal(code, 1);
});
