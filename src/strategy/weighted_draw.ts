import type { Random } from "../base/random.ts";
import type { TargetSet } from "./target_set.ts";

/** No version of a set. */
const NEVER = -1;

/** Draws targets of a set at random, each as often as its weight says. A draw takes `log2(targets)` steps at most. */
export class WeightedDraw {
  #version = NEVER;
  /** By place among the members: sum of the weights up to and with it. */
  #ends = new Float64Array(0);
  /** Whether all weights are equal: then a place is drawn directly. */
  #isEven = true;

  constructor(private readonly set: TargetSet, private readonly random: Random) {}

  /** Place among the set's members of one that was drawn. The set must not be empty. */
  draw(): number {
    const { set } = this;
    if (this.#version !== set.version) this.#assign();
    if (this.#isEven) return Math.floor(this.random() * set.count);
    return this.#find(this.random() * this.#ends[set.count - 1]!);
  }

  /** As {@link draw}, among the others. The set must have two members at least. @param place that was drawn before. */
  drawOther(place: number): number {
    const { count } = this.set;
    if (this.#isEven) {
      const other = Math.floor(this.random() * (count - 1));
      return other < place ? other : other + 1;
    }
    const ends = this.#ends;
    const start = place === 0 ? 0 : ends[place - 1]!;
    const weight = ends[place]! - start;
    const point = this.random() * (ends[count - 1]! - weight);
    return this.#find(point < start ? point : point + weight);
  }

  #assign(): void {
    const { version, count, members, weights } = this.set;
    this.#version = version;
    if (this.#ends.length < count) this.#ends = new Float64Array(members.length);
    let sum = 0;
    this.#isEven = true;
    for (let place = 0; place < count; place++) {
      const weight = weights[members[place]!]!;
      this.#isEven &&= weight === weights[members[0]!];
      this.#ends[place] = sum += weight;
    }
  }

  /** The first place whose end is above a point. */
  #find(point: number): number {
    const ends = this.#ends;
    let low = 0;
    let high = this.set.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (point < ends[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
