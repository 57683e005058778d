import { client } from "../process/client.ts";
import type { Sample, StartScenario } from "../suite.ts";

const TIMEOUT_MS = 20_000;

/** The first connection of a new process that is ready, with one small request. */
export const firstRequest: StartScenario = {
  name: "first-request",
  title: "first request after the start",
  metrics: [{ name: "first", unit: "ms", digits: 2 }],
  turns: (plan) => plan.starts,
  async measureStart(stage, start): Promise<Sample> {
    const { port } = await start();
    const options = client(stage, {
      name: "first client",
      file: "first_request.ts",
      args: [port, stage.backendPort],
    });
    return JSON.parse(await stage.children.run(options, TIMEOUT_MS)) as Sample;
  },
};
