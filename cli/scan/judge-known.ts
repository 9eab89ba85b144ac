import type { Facts } from '../../shared/domain/controls/facts.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import type { Sighting } from '../../shared/domain/ports.ts';
import { type Evaluator, evaluatorOf } from '../../shared/remediation/decide/enabled.ts';
import { judge } from '../judge.ts';
import type { JudgeGroup } from './exempting.ts';

/**
 * Controls that judge without a fact, and what is taken for it where files do not tell it; a note says so. The rules of a default group
 * are a violation whether or not it is in use, which only holds the mode down. A source is as wide as a private range whatever CIDR
 * blocks the VPC has: those alone can't be recognised.
 */
export const ASSUMED: Readonly<Record<string, Partial<Facts>>> = {
  'default-group-rules': { attachments: [] },
  'wide-source': { vpcCidrs: [] },
};

/** One assuming control by itself, and what it assumes. */
interface Assuming {
  readonly evaluator: Evaluator;
  readonly facts: Partial<Facts>;
}

const assumingIn = (policy: Policy): readonly Assuming[] =>
  Object.entries(ASSUMED).flatMap(([id, facts]) => {
    const options = policy.controls[id];
    return options === undefined ? [] : [{ evaluator: evaluatorOf({ ...policy, controls: { [id]: options } }), facts }];
  });

const isUnknown = (sighting: Sighting, { facts }: Assuming): boolean =>
  Object.keys(facts).some((need) => !(need in sighting.facts));

/** Judges groups described by files: every control whose facts are known, and those that judge without. */
export const judgeKnown = (policy: Policy): JudgeGroup => {
  const evaluator = evaluatorOf(policy);
  const assuming = assumingIn(policy);
  return (sighting, exemptions) => {
    const judged = judge(sighting, evaluator, exemptions);
    const more = assuming.filter((one) => isUnknown(sighting, one));
    if (more.length === 0) return judged;
    const facts = (one: Assuming) => ({ ...one.facts, ...sighting.facts });
    return [
      ...judged,
      ...more.flatMap((one) => judge({ group: sighting.group, facts: facts(one) }, one.evaluator, exemptions)),
    ];
  };
};
