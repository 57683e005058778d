/** What a {@link Bag} can hold. */
export interface BagMember {
  /** Where it is in its bag, negative while it is in none. For the bag alone; a new member begins with -1. */
  bagIndex: number;
}

/**
 * Members in no order, for collections that change with every connection. A `Set` does the same, but V8 links each
 * table that a `Set` outgrew to the next one: once one of them is in the old generation, it keeps all later members
 * alive until the next full collection, and every scavenge copies them.
 */
export class Bag<T extends BagMember> {
  readonly #members: T[] = [];

  /** How many are in it. */
  get size(): number {
    return this.#members.length;
  }

  /** Puts a member in, which must be in no bag. */
  add(member: T): void {
    member.bagIndex = this.#members.push(member) - 1;
  }

  /** Takes a member out; nothing happens when it is in none. */
  delete(member: T): void {
    const index = member.bagIndex;
    if (index < 0) return;
    member.bagIndex = -1;
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    this.#members[index] = last;
    last.bagIndex = index;
  }

  /**
   * Visits every member. The callback may take out any, which are then not visited any more, while one that takes a free
   * place may be visited again; what it puts in may be left out.
   */
  forEach(visit: (member: T) => void): void {
    // Backwards: what a removal moves into a free place has had its turn already.
    for (let index = this.#members.length - 1; index >= 0; index--) {
      const member = this.#members[index];
      if (member !== undefined) visit(member);
    }
  }
}
