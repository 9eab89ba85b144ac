import type { LineSink } from '../../infra/local/cell/containers.ts';
import type { DeliveryFailure } from '../../infra/local/delivery/invocation.ts';
import type { TrailEvent } from '../../infra/local/services/cloudtrail/trail.ts';
import { securityGroupRule } from '../../infra/local/services/ec2/describe-rules.ts';
import { textForProtocol } from '../../infra/local/services/sns.ts';
import type { LocalAccount } from '../../infra/local/start.ts';
import type { Region } from '../../infra/local/state/account.ts';
import type { PublishedMessage } from '../../infra/local/state/records.ts';
import type { Mode } from '../../shared/domain/control-options.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { actorOf } from '../../shared/events/cloudtrail/actor.ts';
import { openRecord } from '../../shared/events/cloudtrail/record.ts';
import { ruleFromSdk } from '../../shared/events/describe/group.ts';
import { asFields, type Fields, field, listField, textField } from '../../shared/events/json.ts';
import { formatRule, sanitize } from '../../shared/network/format.ts';
import type { World } from '../../shared/network/public-space.ts';
import { type Paint, plainLines } from '../../shared/reports/text.ts';
import { whyHarmless } from '../commands/simulate/verdicts.ts';
import type { Terminal } from '../terminal.ts';

/** What the verdict printer needs. */
export interface VerdictSources {
  readonly region: Region;
  readonly world: World;
  readonly paint: Paint;
  readonly out: (text: string) => void;
}

const ATTEMPTS = ['without an attempt', 'after 1 attempt'] as const;

/** A failed event: the function, the reason, and the queue that has the event now. */
export function failureText(
  { functionName, condition, attempts, error, failureQueueName: keptIn }: DeliveryFailure,
  paint: Paint,
): string {
  const tries = ATTEMPTS[attempts] ?? `after ${attempts} attempts`;
  return `${paint('bad', `${functionName} failed for good ${tries} (${condition})`)}: ${sanitize(String(error))}\n  ${queueText(condition, keptIn)}\n`;
}

function queueText(condition: DeliveryFailure['condition'], keptIn: string | undefined): string {
  if (condition === 'Stopped') return 'The account stopped before the next attempt, and forgets the event.';
  if (keptIn === undefined) return 'No queue has the event: it is lost.';
  return `The queue ${keptIn} has the event: portcullis redrive asks for it again.`;
}

/** Interval of the check for new messages, ms. */
const INTERVAL_MS = 100;

/**
 * Prints changes, messages and failed events as they come. Returns a function that stops it and prints the
 * rest.
 */
export function watch(account: LocalAccount, terminal: Pick<Terminal, 'out' | 'clock'>, paint: Paint): () => void {
  let shown = 0;
  const showMessages = () => {
    for (const message of account.messages.slice(shown)) terminal.out(messageText(message, paint));
    shown = account.messages.length;
  };
  const stopEvents = account.onEvent((event) => terminal.out(`${eventLine(event, paint)}\n`));
  const stopFailures = account.background.onFailure((failure) => terminal.out(failureText(failure, paint)));
  const stopMessages = terminal.clock.every(INTERVAL_MS, showMessages);
  return () => {
    stopEvents();
    stopMessages();
    stopFailures();
    showMessages();
  };
}

function messageText(message: PublishedMessage, paint: Paint): string {
  return [
    paint('strong', 'On-call reads'),
    ...plainLines(textForProtocol('email', message).trimEnd()).map((line) => `  | ${line}`.trimEnd()),
    '',
  ].join('\n');
}

/** `12:00:01  AuthorizeSecurityGroupIngress  sg-0123456789abcdef0  by example` */
function eventLine({ time, detail }: TrailEvent, paint: Paint): string {
  const { name, type } = actorOf(openRecord(detail));
  const error = textField(detail, 'errorCode');
  return [
    paint('faint', time.slice(11, 19)),
    paint('strong', sanitize(detail.eventName)),
    sanitize(subjectOf(field(detail, 'requestParameters'))),
    `by ${sanitize(name ?? type)}`,
    error === undefined ? '' : paint('bad', sanitize(error)),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** The group, prefix list or VPC that the request of a call names. */
function subjectOf(request: unknown): string {
  const fields = asFields(request);
  if (fields === undefined) return '';
  const names = ['groupId', 'groupName', 'prefixListId', 'vpcId'];
  const found = names.flatMap((name) => textField(fields, name) ?? []);
  return found[0] ?? '';
}

/**
 * Reads the log of the functions and prints a verdict for each rule that a change added and that on-change
 * does not remove: kept, reported, told or asked, with the reason. A removed rule needs no verdict, because
 * its removal is an event.
 */
export function verdictPrinter({ region, world, paint, out }: VerdictSources): LineSink {
  /** Ids of the rules that a change added, by the id of the invocation. */
  const added = new Map<string, readonly string[]>();

  function decide(entry: Fields, ids: readonly string[]): void {
    const decisions = decisionsIn(entry);
    for (const rule of rulesNow(region, ids)) {
      const verdict = verdictOn(rule, decisions, world);
      if (verdict)
        out(`          ${paint('faint', verdict[0])} ${sanitize(formatRule(rule))}: ${sanitize(verdict[1])}\n`);
    }
  }

  return (line) => {
    const entry = parsedLine(line);
    const invocation = textField(entry, 'function_request_id') ?? '';
    const message = textField(entry, 'message');
    if (message === 'change') {
      const addedPart = asFields(field(asFields(field(entry, 'change')) ?? {}, 'added')) ?? {};
      added.set(invocation, textsIn(field(addedPart, 'ids')));
    } else if (message === 'decided') {
      decide(entry, added.get(invocation) ?? []);
      added.delete(invocation);
    }
  };
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

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** The current rules with these ids, with the entries of their prefix lists. */
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

/** The reason for a rule that is open to the world and in no decision. */
const ALLOWED = 'open to the world: the policy has no objection, or an exemption holds';

/** What becomes of a rule that stays, by the mode of its decision. */
const MODE_VERDICTS: Readonly<Record<Exclude<Mode, 'enforce'>, string>> = {
  off: 'kept',
  observe: 'reported',
  alert: 'told',
  approve: 'asked',
};

function verdictOn(
  rule: Rule,
  decisions: readonly LoggedDecision[],
  world: World,
): readonly [string, string] | undefined {
  const decision = decisions.find(({ ruleIds }) => ruleIds.includes(rule.id ?? ''));
  if (!decision) return ['kept', whyHarmless(rule, world) ?? ALLOWED];
  const { mode, because } = decision;
  if (mode === 'enforce') return undefined;
  return [Object.entries(MODE_VERDICTS).find(([name]) => name === mode)?.[1] ?? mode, because.join('; ')];
}

function parsedLine(line: string): Fields {
  try {
    return asFields(JSON.parse(line)) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
