import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Outcome, Plan } from '../model/decision.ts';
import { InputInvalid, RemediatorError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';

/**
 * Longest text that is stored as it is, characters. A plan repeats its rules in the decision, the reasons, the steps and the undo:
 * 1,000 rules make 1.2 MB of JSON and 7 KB of Brotli, where DynamoDB takes 400 KB. Ordinary plans (5 KB) stay readable in the console.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const READABLE = 32_768;

/** The window must span all the copies of the rules; quality 5 takes 6 ms for 1.2 MB. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
};

const pack = (value: unknown): AttributeValue => {
  const text = JSON.stringify(value);
  return text.length <= READABLE ? { S: text } : { B: brotliCompressSync(text, BROTLI) };
};

const textOf = (name: string, value: AttributeValue | undefined): string => {
  if (value?.S !== undefined) return value.S;
  if (value?.B !== undefined) return brotliDecompressSync(value.B).toString('utf8');
  throw new InputInvalid(
    `ledger: attribute ${name}: expected text or bytes, found ${JSON.stringify(value) ?? 'nothing'}`,
  );
};

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
  const plan: Plan = JSON.parse(textOf('plan', value));
  return plan;
};

/** A rule by its id where the plan beside it has the same one in full: tags may make a rule 20 KB, and the item must hold both. */
type StoredRule = Rule | string;

/** An outcome without its plan, which has its own attribute, and with the fault as data. */
type StoredOutcome = Omit<Outcome, 'plan' | 'fault' | 'removed' | 'alreadyGone'> & {
  readonly removed: readonly StoredRule[];
  readonly alreadyGone: readonly StoredRule[];
  readonly fault?: ConstructorParameters<typeof RecordedFault>[0];
};

/** An outcome as an attribute. */
export const packOutcome = (outcome: Outcome): AttributeValue => {
  const { status, removed, alreadyGone, drifted, at, fault } = outcome;
  const recorded = fault && { name: fault.name, message: fault.message, retryable: fault.retryable };
  const known = new Map(outcome.plan.decision.rules.map((rule) => [JSON.stringify(rule), rule.id ?? rule]));
  const stored = (rules: readonly Rule[]): readonly StoredRule[] =>
    rules.map((rule) => known.get(JSON.stringify(rule)) ?? rule);
  return pack({
    status,
    removed: stored(removed),
    alreadyGone: stored(alreadyGone),
    drifted,
    at,
    ...(recorded && { fault: recorded }),
  } satisfies StoredOutcome);
};

/** The outcome that `packOutcome` stored, joined to its plan. Throws InputInvalid. */
export const unpackOutcome = (plan: Plan, value: AttributeValue): Outcome => {
  const stored: StoredOutcome = JSON.parse(textOf('outcome', value));
  const { fault, removed, alreadyGone, ...outcome } = stored;
  const byId = new Map(plan.decision.rules.map((rule) => [rule.id, rule]));
  const restored = (rules: readonly StoredRule[]): readonly Rule[] =>
    rules.flatMap((rule) => (typeof rule === 'string' ? (byId.get(rule) ?? []) : rule));
  const fields = { ...outcome, removed: restored(removed), alreadyGone: restored(alreadyGone) };
  return { plan, ...fields, ...(fault && { fault: new RecordedFault(fault) }) };
};
