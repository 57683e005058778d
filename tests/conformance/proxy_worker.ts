/**
 * The engine under test, in a thread of its own: an engine may block its thread for good, so the test drives it from
 * outside, by TCP alone. It hears one message, {@link WorkerInit}; after that, commands come to a control port.
 */
import { systemClock } from "../../src/base/clock.ts";
import type { Listener } from "../../src/engine/engine.ts";
import { createEngine, type RunnableEngine } from "../../src/engine/mod.ts";
import { Command, type WorkerInit } from "./protocol.ts";
import { report } from "./report.ts";
import { LISTEN, startScenario } from "./scenarios.ts";
import { calledBack, calling } from "./watched_handler.ts";

const ANY_PORT = { ip: "127.0.0.1", port: 0 };

addEventListener("message", (event: MessageEvent<WorkerInit>) => start(event.data), { once: true });

function start({ engine: name, scenario }: WorkerInit): void {
  const engine = createEngine(name, { clock: systemClock, gate: { words: new Int32Array(1), index: 0 } });
  const serve = startScenario(engine, scenario);
  const ip = scenario.mode === "hold" ? scenario.ip ?? ANY_PORT.ip : ANY_PORT.ip;
  const listener = engine.listen({ ip, port: 0 }, LISTEN, {
    onAccept(client): void {
      calledBack("onAccept");
      report({ type: "accepted", remote: client.remote, local: client.local });
      serve(client);
    },
    onAcceptError(error): void {
      report({ type: "accept_error", code: error.code });
    },
  });
  if (scenario.mode === "greet") listener.pause();
  const control = listenForCommands(engine, listener);
  report({ type: "ready", port: listener.address.port, controlPort: control.address.port });
  if (engine.run === null) return;
  engine.run(() => {});
  stopped();
}

function listenForCommands(engine: RunnableEngine, listener: Listener): Listener {
  return engine.listen(ANY_PORT, LISTEN, {
    onAccept(connection): void {
      connection.handler = {
        onData([command]): void {
          if (command === Command.closeListener) closeListener(listener);
          if (command === Command.pauseListener) listener.pause();
          if (command === Command.resumeListener) calling(() => listener.resume());
          if (command !== undefined) report({ type: "command_done", command });
          if (command === Command.stop) stop(engine);
        },
        onDrain(): void {},
        onEnd: () => connection.close(),
        onClose(): void {},
      };
      connection.resume();
    },
    onAcceptError(): void {},
  });
}

function closeListener(listener: Listener): void {
  calling(() =>
    listener.close(() => {
      calledBack("onClosed");
      report({ type: "listener_closed" });
    })
  );
  listener.close(() => report({ type: "violation", what: "onClosed of a second close" }));
}

function stop(engine: RunnableEngine): void {
  engine.shutdown();
  engine.shutdown();
  // An engine that blocks its thread says so itself, once it does no longer.
  if (engine.run === null) stopped();
}

function stopped(): void {
  report({ type: "stopped" });
  self.close();
}
