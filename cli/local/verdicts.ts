import type { Region } from '../../infra/local/account/region.ts';
import { securityGroupRule } from '../../infra/local/account/rule-output.ts';
import type { LineSink } from '../../infra/local/telemetry.ts';
import type { Mode } from '../../shared/domain/controls/mode.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { ruleFromSdk } from '../../shared/events/describe/sdk.ts';
import { asFields, type Fields, field, listField, textField } from '../../shared/events/fields.ts';
import type { World } from '../../shared/network/exposure/trusted-space.ts';
import { formatRule, plain } from '../../shared/network/text/format.ts';
import type { Paint } from '../../shared/reports/paint.ts';
import { whyHarmless } from '../simulate/why-kept.ts';

/** What becomes of a rule that stays, by the mode of the decision on it. */
const VERDICTS: Readonly<Record<Exclude<Mode, 'enforce'>, string>> = {
  off: 'kept',
  observe: 'reported',
  alert: 'told',
  approve: 'asked',
};

/** Of a rule that is open to the world and that no decision names. */
const ALLOWED = 'open to the world: the policy has no objection, or an exemption holds';

/** What the verdicts are made from. */
export interface VerdictSources {
  readonly region: Region;
  readonly world: World;
  readonly paint: Paint;
  readonly out: (text: string) => void;
}

function parsedLine(line: string): Fields {
  try {
    return asFields(JSON.parse(line)) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** The rules with these ids as they are in the account now, with the entries of their prefix lists. */
function rulesNow(region: Region, ids: readonly string[]): readonly Rule[] {
  return ids.flatMap((id) => {
    const record = region.rules.get(id);
    if (!record) return [];
    const rule = ruleFromSdk(securityGroupRule(region, record));
    const { source } = rule;
    const list = source.kind === 'prefix-list' ? region.prefixLists.get(source.id) : undefined;
    if (source.kind !== 'prefix-list' || !list) return rule;
    return { ...rule, source: { ...source, cidrs: (list.versions.get(list.version) ?? []).map(({ cidr }) => cidr) } };
  });
}

/** A decision as on-change logs it. */
interface LoggedDecision {
  readonly mode: string;
  readonly ruleIds: readonly string[];
  readonly because: readonly string[];
}

function decisionsIn(entry: Fields): readonly LoggedDecision[] {
  return listField(entry, 'decisions').flatMap((one) => {
    const decision = asFields(one);
    if (decision === undefined) return [];
    const ruleIds = listField(decision, 'rules').flatMap((rule) => textField(asFields(rule) ?? {}, 'id') ?? []);
    const because = [...textsIn(field(decision, 'because')), ...textsIn(field(decision, 'limits'))];
    return [{ mode: textField(decision, 'mode') ?? '', ruleIds, because }];
  });
}

function verdictOn(
  rule: Rule,
  decisions: readonly LoggedDecision[],
  world: World,
): readonly [string, string] | undefined {
  const decision = decisions.find(({ ruleIds }) => ruleIds.includes(rule.id ?? ''));
  if (!decision) return ['kept', whyHarmless(rule, world) ?? ALLOWED];
  const { mode, because } = decision;
  if (mode === 'enforce') return undefined;
  return [Object.entries(VERDICTS).find(([name]) => name === mode)?.[1] ?? mode, because.join('; ')];
}

/**
 * Reads the functions' log and prints a verdict for each rule that a change added and that on-change leaves where it is: kept, reported,
 * told or asked, with the reason. A rule that on-change removes needs none, because its removal is an event of its own.
 */
export function verdictsTo({ region, world, paint, out }: VerdictSources): LineSink {
  /** Rules that the change of an invocation added, by the id of the invocation. */
  const added = new Map<string, readonly string[]>();

  function decide(entry: Fields, ids: readonly string[]): void {
    const decisions = decisionsIn(entry);
    for (const rule of rulesNow(region, ids)) {
      const verdict = verdictOn(rule, decisions, world);
      if (verdict) out(`          ${paint('faint', verdict[0])} ${plain(formatRule(rule))}: ${plain(verdict[1])}\n`);
    }
  }

  return (line) => {
    const entry = parsedLine(line);
    const invocation = textField(entry, 'function_request_id') ?? '';
    const message = textField(entry, 'message');
    if (message === 'change') {
      const brought = asFields(field(asFields(field(entry, 'change')) ?? {}, 'brought')) ?? {};
      added.set(invocation, textsIn(field(brought, 'ids')));
    } else if (message === 'decided') {
      decide(entry, added.get(invocation) ?? []);
      added.delete(invocation);
    }
  };
}
