import { FakeMemory } from "../../../../kit/fake_memory.ts";
import { WirePlay } from "./wire_play.ts";

const RUNS = 600;
const STEPS = 120;

Deno.test("whatever peers send and however, bodies arrive whole and unmixed both ways, and nothing is left", () => {
  const memory = new FakeMemory();
  for (let seed = 1; seed <= RUNS; seed++) {
    try {
      const play = new WirePlay(seed, memory);
      for (let step = 0; step < STEPS; step++) play.step();
      play.finish();
    } catch (error) {
      throw new Error(`Run with seed ${seed} failed`, { cause: error });
    }
  }
});
