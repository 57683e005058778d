/** Entry of a data thread that carries nothing and does not drain: it hears, takes configs over, and ends when it must. */
import type { Command, Init, Report } from "../../src/model/messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Init | Command>) => void) | null;
  postMessage(report: Report): void;
};

scope.onmessage = ({ data }) => {
  if (data.type === "init") scope.postMessage({ type: "ready" });
  if (data.type === "ping") scope.postMessage({ type: "pong" });
  if (data.type === "apply") {
    const effects = { kept: 0, draining: 0, cut: 0 };
    scope.postMessage({ type: "applied", revision: data.revision, failures: [], effects });
  }
  if (data.type === "stop") scope.postMessage({ type: "stopped" });
};
