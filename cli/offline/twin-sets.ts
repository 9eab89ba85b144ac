import { ruleSetDigest } from '../../shared/adapters/aws/ec2/facts/twin-index.ts';
import type { Group } from '../../shared/domain/group.ts';
import { Chains, Numbers } from './chains.ts';

/** Groups, by their numbers, that have the same rules in the same VPC. */
export class TwinSets {
  readonly #sets = new Map<string, number>();
  readonly #setOf = new Numbers();
  readonly #members = new Chains();

  /** Takes in a group under its number, once. */
  add(number: number, group: Group): void {
    const digest = ruleSetDigest(group);
    const set = this.#sets.get(digest) ?? this.#sets.size;
    this.#sets.set(digest, set);
    this.#setOf.set(number, set);
    this.#members.add(set, number);
  }

  /** Numbers of the others that have the same rules as a group that was taken in. */
  twinsOf(number: number): readonly number[] {
    return this.#members.of(this.#setOf.get(number)).filter((one) => one !== number);
  }
}
