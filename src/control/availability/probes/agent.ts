import { parseAgentReply } from "../agent_reply.ts";
import { bytesToSend, readUntil } from "./expectation.ts";
import type { ProbeKind, RunProbe } from "./probe.ts";
import { openSocket } from "./probe_socket.ts";

/** Longest line of an agent. */
const MAX_LINE_BYTES = 1024;
const LINE_END = 0x0a;

/** Reads a line of HAProxy's agent-check from a program beside the target. */
export const agentProbe: ProbeKind = {
  name: "agent",
  create({ send }): RunProbe {
    const bytes = bytesToSend(send);
    return async ({ address, signal }) => {
      using socket = await openSocket(address, signal);
      if (bytes.length > 0) await socket.write(bytes);
      let said = "";
      await readUntil(socket, (answer) => {
        said = new TextDecoder().decode(answer);
        return answer.includes(LINE_END);
      }, MAX_LINE_BYTES);
      const line = said.split("\n", 1)[0]?.trim() ?? "";
      const agent = parseAgentReply(line);
      if (agent === null) {
        return { passed: false, reason: `the agent said something unknown: ${quote(line)}` };
      }
      return {
        passed: agent.isUp !== false,
        reason: `the agent said ${quote(line)}`,
        isFinal: agent.isUp !== null,
        agent,
      };
    };
  },
};

/** For logs: short, and without anything that a terminal would obey. */
function quote(line: string): string {
  return JSON.stringify(line.slice(0, 100));
}
