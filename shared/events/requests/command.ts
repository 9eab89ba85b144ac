import { ANSWER_ACTIONS, type AnswerAction } from '../../domain/action.ts';
import type { Command, ExemptionTerms, RequestedScope } from '../../domain/command.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { PortRange, PortSet } from '../../domain/group.ts';
import type { Person } from '../../domain/identity.ts';
import { groupIdOf, ruleIdOf } from '../ids.ts';
import {
  allowOnly,
  booleanIn,
  idIn,
  integerIn,
  listIn,
  openPart,
  optionalIn,
  partIn,
  planIdIn,
  readIn,
  type StrictElement,
  type StrictPart,
  textIn,
  trueIn,
  wordIn,
} from './strict-fields.ts';

type Verb = Command['do'];

/** The format of one command: the fields that it may have, and how it is read. */
interface CommandFormat<V extends Verb> {
  readonly fields: readonly string[];
  readonly read: (part: StrictPart) => Command & { readonly do: V };
}

const REQUEST = ['do', 'by', 'reason'];

const DRY_REQUEST = [...REQUEST, 'dryRun'];

const LISTS = ['remediations', 'pending', 'held', 'exemptions'] as const;

const FORMATS: { readonly [V in Exclude<Verb, AnswerAction>]: CommandFormat<V> } = {
  restore: {
    fields: [...DRY_REQUEST, 'id', 'exempt'],
    read: (part) => ({
      do: 'restore',
      id: idIn(part, 'id'),
      dryRun: booleanIn(part, 'dryRun'),
      ...optionalIn(part, 'exempt', termsIn),
      ...requestIn(part),
    }),
  },
  'leave-open': {
    fields: [...REQUEST, 'id', 'terms'],
    read: (part) => ({ do: 'leave-open', id: idIn(part, 'id'), terms: termsIn(part, 'terms'), ...requestIn(part) }),
  },
  exempt: {
    fields: [...DRY_REQUEST, 'region', 'scope', 'terms'],
    read: (part) => ({
      do: 'exempt',
      region: textIn(part, 'region'),
      scope: scopeIn(part),
      terms: termsIn(part, 'terms'),
      ...dryRequestIn(part),
    }),
  },
  renew: {
    fields: [...DRY_REQUEST, 'id', 'days'],
    read: (part) => ({ do: 'renew', id: idIn(part, 'id'), days: integerIn(part, 'days'), ...dryRequestIn(part) }),
  },
  'end-exemption': {
    fields: [...DRY_REQUEST, 'id'],
    read: (part) => ({ do: 'end-exemption', id: idIn(part, 'id'), ...dryRequestIn(part) }),
  },
  'resume-budget': {
    fields: DRY_REQUEST,
    read: (part) => ({ do: 'resume-budget', ...dryRequestIn(part) }),
  },
  'roll-back': {
    fields: [...REQUEST, 'id'],
    read: (part) => ({ do: 'roll-back', id: idIn(part, 'id'), ...requestIn(part) }),
  },
  list: {
    fields: ['do', 'what', 'most', 'after'],
    read: (part) => ({
      do: 'list',
      what: wordIn(part, 'what', LISTS),
      most: integerIn(part, 'most'),
      ...optionalIn(part, 'after', idIn),
    }),
  },
  follow: {
    fields: ['do', 'groupId', 'planId'],
    read: (part) => ({ do: 'follow', groupId: groupIdIn(part, 'groupId'), planId: planIdIn(part) }),
  },
  canary: { fields: ['do', 'region'], read: (part) => ({ do: 'canary', region: textIn(part, 'region') }) },
};

const VERBS: readonly Verb[] = [
  ...ANSWER_ACTIONS,
  ...Object.keys(FORMATS).filter((verb): verb is keyof typeof FORMATS => Object.hasOwn(FORMATS, verb)),
];

function isAnswer(verb: Verb): verb is AnswerAction {
  return ANSWER_ACTIONS.some((action) => action === verb);
}

/** All answers to a remediation have the same fields. */
function answerFormat(verb: AnswerAction): CommandFormat<AnswerAction> {
  return {
    fields: [...DRY_REQUEST, 'id'],
    read: (part) => ({ do: verb, id: idIn(part, 'id'), ...dryRequestIn(part) }),
  };
}

/**
 * Reads a command. Each field must have its type, and an unknown field is an error. Values are not judged
 * here: a command with 1,000 days gets a refusal as its result, not an error.
 *
 * @throws EventUnreadable if a field cannot be read. The error names the field and what was expected.
 */
export function readCommand(value: unknown): Command {
  const part = openPart(value, 'command');
  const verb = wordIn(part, 'do', VERBS);
  const { fields, read } = isAnswer(verb) ? answerFormat(verb) : FORMATS[verb];
  allowOnly(part, fields);
  return read(part);
}

function termsIn(part: StrictPart, name: string): ExemptionTerms {
  const terms = partIn(part, name);
  allowOnly(terms, ['days', 'owner', 'ticket']);
  return { days: integerIn(terms, 'days'), owner: textIn(terms, 'owner'), ...optionalIn(terms, 'ticket', textIn) };
}

function requestIn(part: StrictPart) {
  return { by: personIn(part), reason: textIn(part, 'reason') };
}

function dryRequestIn(part: StrictPart) {
  return { ...requestIn(part), ...optionalIn(part, 'dryRun', trueIn) };
}

/** Only a person sends a command with `by`, at the command line or with a button. */
function personIn(part: StrictPart): Person {
  const by = partIn(part, 'by');
  allowOnly(by, ['name', 'arn', 'through', 'slackUser']);
  return {
    name: textIn(by, 'name'),
    ...optionalIn(by, 'arn', textIn),
    through: wordIn(by, 'through', ['command-line', 'button']),
    ...optionalIn(by, 'slackUser', textIn),
  };
}

function scopeIn(part: StrictPart): RequestedScope {
  const scope = partIn(part, 'scope');
  allowOnly(scope, ['groupId', 'ruleId', 'allGroups', 'ports', 'control']);
  if (!['groupId', 'ruleId', 'allGroups'].some((name) => Object.hasOwn(scope.fields, name)))
    throw new EventUnreadable(scope.at, '`groupId`, `ruleId` or `allGroups`');
  return {
    ...optionalIn(scope, 'groupId', groupIdIn),
    ...optionalIn(scope, 'ruleId', ruleIdIn),
    ...optionalIn(scope, 'allGroups', trueIn),
    ...optionalIn(scope, 'ports', portsIn),
    ...optionalIn(scope, 'control', textIn),
  };
}

function groupIdIn(part: StrictPart, name: string): string {
  return readIn(part, name, groupIdOf, 'a group id (`sg-…`)');
}

function ruleIdIn(part: StrictPart, name: string): string {
  return readIn(part, name, ruleIdOf, 'a rule id (`sgr-…`)');
}

function portsIn(part: StrictPart, name: string): PortSet {
  const ports = partIn(part, name);
  allowOnly(ports, ['tcp', 'udp']);
  return { tcp: listIn(ports, 'tcp').map(rangeOf), udp: listIn(ports, 'udp').map(rangeOf) };
}

function rangeOf({ value, at }: StrictElement): PortRange {
  const part = openPart(value, at);
  allowOnly(part, ['from', 'to']);
  const [from, to] = [integerIn(part, 'from'), integerIn(part, 'to')];
  if (!isPort(from) || !isPort(to) || from > to) throw new EventUnreadable(at, 'a range of ports, 0 to 65535');
  return { from, to };
}

function isPort(value: number): boolean {
  return value >= 0 && value <= 65_535;
}
