import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Outcome, Plan } from '../../../../domain/decision.ts';
import { RemediatorError } from '../../../../domain/errors.ts';
import type { Rule } from '../../../../domain/rule.ts';
import { pack, packedText } from './pack.ts';

/** A fault as the ledger remembers it: the name, the message and whether it was worth a retry, without its cause. */
class RecordedFault extends RemediatorError {
  readonly retryable: boolean;

  constructor(fault: { readonly name: string; readonly message: string; readonly retryable: boolean }) {
    super(fault.message);
    this.name = fault.name;
    this.retryable = fault.retryable;
  }
}

/** A plan as an attribute. */
export const packPlan = (plan: Plan): AttributeValue => pack(plan);

/** The plan that `packPlan` stored. Throws InputInvalid. */
export const unpackPlan = (value: AttributeValue | undefined): Plan => {
  const plan: Plan = JSON.parse(packedText('plan', value));
  return plan;
};

/** A rule by its id where the plan beside it has the same one in full: tags may make a rule 20 KB, and the item must hold both. */
type StoredRule = Rule | string;

/** An outcome without its plan, which has its own attribute, and with the fault as data. */
type StoredOutcome = Omit<Outcome, 'plan' | 'fault' | 'removed' | 'alreadyGone' | 'changed'> & {
  readonly removed: readonly StoredRule[];
  readonly alreadyGone: readonly StoredRule[];
  readonly changed: readonly StoredRule[];
  readonly fault?: ConstructorParameters<typeof RecordedFault>[0];
};

/** An outcome as an attribute. */
export const packOutcome = (outcome: Outcome): AttributeValue => {
  const { plan, removed, alreadyGone, changed, fault, ...rest } = outcome;
  const recorded = fault && { name: fault.name, message: fault.message, retryable: fault.retryable };
  const known = new Map(plan.decision.rules.map((rule) => [JSON.stringify(rule), rule.id ?? rule]));
  const stored = (rules: readonly Rule[]): readonly StoredRule[] =>
    rules.map((rule) => known.get(JSON.stringify(rule)) ?? rule);
  return pack({
    ...rest,
    removed: stored(removed),
    alreadyGone: stored(alreadyGone),
    changed: stored(changed),
    ...(recorded && { fault: recorded }),
  } satisfies StoredOutcome);
};

/** The outcome that `packOutcome` stored, joined to its plan. Throws InputInvalid. */
export const unpackOutcome = (plan: Plan, value: AttributeValue): Outcome => {
  const stored: StoredOutcome = JSON.parse(packedText('outcome', value));
  const { fault, removed, alreadyGone, changed, ...outcome } = stored;
  const byId = new Map(plan.decision.rules.map((rule) => [rule.id, rule]));
  const restored = (rules: readonly StoredRule[]): readonly Rule[] =>
    rules.flatMap((rule) => (typeof rule === 'string' ? (byId.get(rule) ?? []) : rule));
  const fields = {
    ...outcome,
    removed: restored(removed),
    alreadyGone: restored(alreadyGone),
    changed: restored(changed),
  };
  return { plan, ...fields, ...(fault && { fault: new RecordedFault(fault) }) };
};
