import { bytesToSend, expectation, readUntil } from "./expectation.ts";
import { prologueOf } from "./prologue_of.ts";
import type { ProbeKind, ProbeResult, RunProbe } from "./probe.ts";
import { openSocket } from "./probe_socket.ts";

const CONNECTED: ProbeResult = { passed: true, reason: "connected" };

/** Connects, and where it is told to, sends something and looks for something in the answer. */
export const tcpProbe: ProbeKind = {
  name: "tcp",
  create({ send, expect }, subject): RunProbe {
    const prologue = prologueOf(subject);
    const bytes = bytesToSend(send);
    const isExpected = expectation(expect);
    return async (call) => {
      const { address, connects } = call;
      if (bytes.length === 0 && isExpected === null && prologue === null && connects !== null) {
        await connects.check(address, call);
        return CONNECTED;
      }
      using socket = await openSocket(address, call.signal, prologue);
      if (bytes.length > 0) await socket.write(bytes);
      if (isExpected === null) return CONNECTED;
      const answer = await readUntil(socket, isExpected);
      return answer === null
        ? { passed: false, reason: "the answer is not what is expected" }
        : { passed: true, reason: "the answer is what is expected" };
    };
  },
};
