import { bytesToSend, expectation, readUntil } from "./expectation.ts";
import type { ProbeKind, RunProbe } from "./probe.ts";
import { openSocket } from "./probe_socket.ts";

/** Connects, and where it is told to, sends something and looks for something in the answer. */
export const tcpProbe: ProbeKind = {
  name: "tcp",
  create({ send, expect }): RunProbe {
    const bytes = bytesToSend(send);
    const isExpected = expectation(expect);
    return async ({ address, signal }) => {
      using socket = await openSocket(address, signal);
      if (bytes.length > 0) await socket.write(bytes);
      if (isExpected === null) return { passed: true, reason: "connected" };
      const answer = await readUntil(socket, isExpected);
      return answer === null
        ? { passed: false, reason: "the answer is not what is expected" }
        : { passed: true, reason: "the answer is what is expected" };
    };
  },
};
