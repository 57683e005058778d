import assert from "node:assert/strict";
import { HttpClient } from "./http_client.ts";

/** Requests that make at least so many bytes of records, over a few connections. @returns how many were made. */
export async function makeRecords(port: number, bytes: number): Promise<number> {
  const clients = 4;
  const path = `/${"x".repeat(1_000)}`;
  const each = Math.ceil(bytes / 1_400 / clients);
  await Promise.all(Array.from({ length: clients }, async () => {
    using client = await HttpClient.to(port);
    for (let i = 0; i < each; i++) assert.equal((await client.get(path)).status, 200);
  }));
  return each * clients;
}
