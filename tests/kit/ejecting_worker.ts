/** A thread that wants to eject every target of an app, again and again, as soon as it is told a round began. */
import { Board } from "../../src/model/board.ts";
import { Ejections, type EjectionScope } from "../../src/model/ejections.ts";

/** What such a thread is told at its start. */
export interface EjectingStart {
  readonly board: SharedArrayBuffer;
  /** Words of the rounds: the number of the present one, and how many threads are done with it. */
  readonly rounds: SharedArrayBuffer;
  readonly scope: EjectionScope;
  readonly maxPercent: number;
  /** Each thread begins with another target. */
  readonly first: number;
  readonly lastRound: number;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<EjectingStart>) => void) | null;
  postMessage(message: "ready"): void;
};

scope.onmessage = ({ data }) => {
  const ejections = new Ejections(new Board(data.board));
  const rounds = new Int32Array(data.rounds);
  const { targets } = data.scope;
  for (let round = 1; round <= data.lastRound; round++) {
    while (Atomics.load(rounds, 0) < round) Atomics.wait(rounds, 0, round - 1);
    for (let at = 0; at < targets.length; at++) {
      const target = targets[(data.first + at) % targets.length]!;
      ejections.eject(data.scope, target.slot, "consecutive_failures", data.maxPercent);
    }
    Atomics.add(rounds, 1, 1);
    Atomics.notify(rounds, 1);
  }
};

scope.postMessage("ready");
