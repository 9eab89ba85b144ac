import type { ActionRecord, AnswerResult } from '../domain/action.ts';
import type { CommandResult } from '../domain/command.ts';
import { afterExemptionText, afterRestoreText } from '../domain/exemption.ts';
import { formatMinute, formatRule } from '../network/format.ts';

/** The reply to an action request. */
export interface ActionResult {
  readonly line: string;
  /** Whether the same action may be requested again. */
  readonly again: boolean;
}

/** A result of a command that a button sends. */
type ButtonResult = Extract<
  CommandResult,
  { readonly kind: 'refused' | 'restored' | 'left-open' | 'migrated' | AnswerResult['kind'] }
>;

type ButtonResults = { readonly [R in ButtonResult as R['kind']]: R };

/** The reply for each kind of result. */
const REPLIES: { readonly [K in keyof ButtonResults]: (result: ButtonResults[K]) => ActionResult } = {
  refused: ({ because, needs }) => {
    const reasons = needs === undefined ? because : because.slice(0, -1);
    const wayOut = needs === undefined ? '' : ' “Exempt for 24 h” lets it stand for a day.';
    return { line: `Nothing was changed: ${reasons.join('; ')}.${wayOut}`, again: true };
  },
  restored: ({ followUp, remarks, afterwards }) => {
    const { granted, refused, exemption } = followUp;
    const parts = [
      granted.length > 0 ? `Restored: ${granted.map(formatRule).join('; ')}` : 'Nothing was granted',
      ...(exemption === undefined ? [] : [`exempt until ${formatMinute(exemption.until)}`]),
      ...refused.map(({ rule, reason }) => `not granted: ${formatRule(rule)} (${reason})`),
      ...remarks,
      ...(exemption === undefined || afterwards === undefined ? [] : [afterRestoreText(afterwards)]),
    ];
    return { line: `${parts.join('. ')}.`, again: refused.length > 0 };
  },
  answered: ({ verdict, first, by, at }) =>
    finalResult(
      first ? ANSWERED[verdict] : `It was ${verdict} by ${by.name} on ${formatMinute(at)}: the first answer stands.`,
    ),
  'left-open': ({ exemptions, afterwards }) => {
    const [first] = exemptions;
    const until = first === undefined ? '' : ` until ${formatMinute(first.until)}`;
    const count = `${exemptions.length} ${exemptions.length === 1 ? 'rule is' : 'rules are'}`;
    return finalResult(`${count} exempt${until}. ${afterExemptionText(afterwards, 'ends')}`);
  },
  migrated: ({ replacement, open }) => {
    const head =
      replacement === undefined ? 'Nothing used the default group' : `${replacement} stands in for the default group`;
    if (open.length === 0) return finalResult(`${head}; it is looked at again now, to be stripped.`);
    return { line: `${head}. Still in the way: ${open.join('; ')}.`, again: true };
  },
  acknowledged: ({ first, by, at }) =>
    finalResult(
      first ? 'Acknowledged: people are told of it.' : `It was acknowledged by ${by.name} on ${formatMinute(at)}.`,
    ),
};

const ANSWERED = {
  released: 'Approved: it is looked at again now, and what has not changed since is closed.',
  declined: 'Declined: it stays as it is.',
} as const;

/** The reply to an action request, from the result of its command. */
export function actionResult(result: CommandResult): ActionResult {
  return isButtonResult(result) ? replyTo(result) : finalResult(`It is done (${result.kind}).`);
}

function isButtonResult(result: CommandResult): result is ButtonResult {
  return Object.hasOwn(REPLIES, result.kind);
}

/** The reply for a result of a button's command. */
export function replyTo<K extends keyof ButtonResults>(result: ButtonResults[K] & { readonly kind: K }): ActionResult {
  return REPLIES[result.kind](result);
}

function finalResult(line: string): ActionResult {
  return { line, again: false };
}

/** The reply to a person who repeats an action: what the first request came to. */
export function duplicateRequestLine({ request, result }: ActionRecord): string {
  const { by, action, at } = request;
  return `${by.name} pressed ${action} on ${formatMinute(at)}: ${result ?? 'it is under way.'}`;
}
