import type { WhyTrace } from "../../src/model/why.ts";

/** A trace of a request that was tried twice. */
export function whyTrace(changes: Partial<WhyTrace> = {}): WhyTrace {
  const call = { isHedge: false, isReused: false, answer: "taken", status: 200, firstByteMs: 7 } as const;
  return {
    id: "1-0.0",
    app: "web",
    client: "203.0.113.7:40000",
    listener: "127.0.0.1:5001",
    revision: 1,
    startedAt: 1_700_000_000_000,
    isOpen: false,
    pickedBy: "first",
    rule: null,
    candidates: [
      { target: "a:80", isTaken: false, passedOver: "already_tried" },
      { target: "b:80", isTaken: true, passedOver: null },
    ],
    candidatesLeftOut: 0,
    attempts: [
      {
        target: "a:80",
        address: "10.0.0.1:80",
        atMs: 0,
        ms: 1,
        result: "failed",
        error: "ECONNREFUSED",
        call: null,
      },
      { target: "b:80", address: "10.0.0.2:80", atMs: 1, ms: 2, result: "connected", error: null, call },
    ],
    isRequest: true,
    request: { method: "GET", path: "/" },
    status: 200,
    firstByteMs: 7,
    durationMs: 8,
    bytesIn: 100,
    bytesOut: 200,
    firstEnded: null,
    closedBy: null,
    closeReason: "done",
    ...changes,
  };
}
