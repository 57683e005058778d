/**
 * Targets put together by weight, since those of one weight take the group's turns one after another. So an order costs
 * as much as there are weights, not targets. All memory is used again when the weights change.
 */
export class WeightGroups {
  /** Groups. */
  count = 0;
  /** Sum of all weights, divided by their greatest common divisor. */
  total = 0;
  /** Weight of a group's targets, divided by that divisor. */
  readonly weights: Int32Array;
  /** Where a group's targets begin in {@link members}; at {@link count} where the last one's end. */
  readonly starts: Int32Array;
  /** Indices of the targets, group after group, each in the order of the list. */
  readonly members: Int32Array;
  /** Group by weight, plus 1; 0 for none. */
  #groupOf: Int32Array;
  /** Where the next member of a group goes. */
  readonly #places: Int32Array;

  /** @param targets how many there are. */
  constructor(targets: number) {
    this.weights = new Int32Array(targets);
    this.starts = new Int32Array(targets + 1);
    this.members = new Int32Array(targets);
    this.#groupOf = new Int32Array(1);
    this.#places = new Int32Array(targets);
  }

  /** Size of a group. */
  size(group: number): number {
    return this.starts[group + 1]! - this.starts[group]!;
  }

  /** Takes other weights. @param weights one a target, integers, 0 takes no part. */
  assign(weights: ArrayLike<number>): void {
    const sum = this.#gather(weights);
    const { count, starts } = this;
    const divisor = this.#divisor();
    this.total = sum / divisor;
    const places = this.#places;
    let start = 0;
    for (let group = 0; group < count; group++) {
      const size = places[group]!;
      starts[group] = start;
      places[group] = start;
      start += size;
    }
    starts[count] = start;
    for (let target = 0; target < weights.length; target++) {
      const weight = weights[target]!;
      if (weight > 0) this.members[places[this.#groupOf[weight]! - 1]!++] = target;
    }
    for (let group = 0; group < count; group++) {
      this.#groupOf[this.weights[group]!] = 0;
      this.weights[group] = this.weights[group]! / divisor;
    }
  }

  /** Finds the groups, and counts each one's members; returns the sum of the weights. */
  #gather(weights: ArrayLike<number>): number {
    const places = this.#places;
    let sum = 0;
    let count = 0;
    for (let target = 0; target < weights.length; target++) {
      const weight = weights[target]!;
      if (weight === 0) continue;
      if (weight >= this.#groupOf.length) this.#makeRoom(weight);
      let group = this.#groupOf[weight]! - 1;
      if (group < 0) {
        group = count++;
        this.#groupOf[weight] = count;
        this.weights[group] = weight;
        places[group] = 0;
      }
      places[group] = places[group]! + 1;
      sum += weight;
    }
    this.count = count;
    return sum;
  }

  #divisor(): number {
    let divisor = 0;
    for (let group = 0; group < this.count && divisor !== 1; group++) {
      divisor = greatestCommonDivisor(this.weights[group]!, divisor);
    }
    return divisor || 1;
  }

  #makeRoom(weight: number): void {
    const grown = new Int32Array(weight + 1);
    grown.set(this.#groupOf);
    this.#groupOf = grown;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
