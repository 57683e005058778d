import { Connector, type ConnectorHandler } from "../../connector.ts";
import type { ProxiedRequest } from "./proxied_request.ts";

/**
 * A connector to one endpoint of a request's app, not started yet. It has the time of a try at most.
 * @param index the target's, among the app's.
 */
export function endpointConnector(
  { app: { snapshot }, client, http }: ProxiedRequest,
  index: number,
  handler: ConnectorHandler,
): Connector {
  const { context } = client;
  const target = snapshot.targets[index]!;
  const { sendProxy, tls } = http.endpoints[index]!;
  const { connectTimeoutMs, raceDelayMs, tcp } = snapshot.policy;
  const timeoutMs = Math.min(connectTimeoutMs, http.policy.attemptTimeoutMs);
  const options = tls === null
    ? { timeoutMs, tcp }
    : { timeoutMs, tcp, tls: sendProxy === null ? tls : { ...tls, prologue: client.proxyHeader(sendProxy) } };
  const turn = context.picker.takeTurn(target);
  return new Connector(context.engine, target.addresses, options, raceDelayMs, handler, turn);
}
