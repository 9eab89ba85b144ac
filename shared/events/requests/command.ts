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

function groupIdIn(part: StrictPart, name: string): string {
  return readIn(part, name, groupIdOf, 'a group id (`sg-…`)');
}

function ruleIdIn(part: StrictPart, name: string): string {
  return readIn(part, name, ruleIdOf, 'a rule id (`sgr-…`)');
}

/** Whoever sends a command is a person at the command line or at a button: what Portcullis does of its own accord needs no command. */
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

function requestIn(part: StrictPart) {
  return { by: personIn(part), reason: textIn(part, 'reason') };
}

function dryRequestIn(part: StrictPart) {
  return { ...requestIn(part), ...optionalIn(part, 'dryRun', trueIn) };
}

function termsIn(part: StrictPart, name: string): ExemptionTerms {
  const terms = partIn(part, name);
  allowOnly(terms, ['days', 'owner', 'ticket']);
  return { days: integerIn(terms, 'days'), owner: textIn(terms, 'owner'), ...optionalIn(terms, 'ticket', textIn) };
}

function isPort(value: number): boolean {
  return value >= 0 && value <= 65_535;
}

function rangeOf({ value, at }: StrictElement): PortRange {
  const part = openPart(value, at);
  allowOnly(part, ['from', 'to']);
  const [from, to] = [integerIn(part, 'from'), integerIn(part, 'to')];
  if (!isPort(from) || !isPort(to) || from > to) throw new EventUnreadable(at, 'a range of ports, 0 to 65535');
  return { from, to };
}

function portsIn(part: StrictPart, name: string): PortSet {
  const ports = partIn(part, name);
  allowOnly(ports, ['tcp', 'udp']);
  return { tcp: listIn(ports, 'tcp').map(rangeOf), udp: listIn(ports, 'udp').map(rangeOf) };
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

type Verb = Command['do'];

const REQUEST = ['do', 'by', 'reason'];

const DRY_REQUEST = [...REQUEST, 'dryRun'];

/** Fields of each command. */
const FIELDS: Readonly<Record<Exclude<Verb, AnswerAction>, readonly string[]>> = {
  restore: [...REQUEST, 'id', 'dryRun', 'exempt'],
  'leave-open': [...REQUEST, 'id', 'terms'],
  exempt: [...DRY_REQUEST, 'region', 'scope', 'terms'],
  renew: [...DRY_REQUEST, 'id', 'days'],
  'end-exemption': [...DRY_REQUEST, 'id'],
  'resume-budget': DRY_REQUEST,
  'roll-back': [...REQUEST, 'id'],
  list: ['do', 'what', 'most', 'after'],
  follow: ['do', 'groupId', 'planId'],
  canary: ['do', 'region'],
};

const VERBS: readonly Verb[] = [
  'restore',
  ...ANSWER_ACTIONS,
  'leave-open',
  'exempt',
  'renew',
  'end-exemption',
  'resume-budget',
  'roll-back',
  'list',
  'follow',
  'canary',
];

const LISTS = ['remediations', 'pending', 'held', 'exemptions'] as const;

function isAnswer(verb: Verb): verb is AnswerAction {
  return ANSWER_ACTIONS.some((action) => action === verb);
}

function commandOf(verb: Verb, part: StrictPart): Command {
  if (isAnswer(verb)) return { do: verb, id: idIn(part, 'id'), ...dryRequestIn(part) };
  switch (verb) {
    case 'restore': {
      const asked = { id: idIn(part, 'id'), dryRun: booleanIn(part, 'dryRun') };
      return { do: verb, ...asked, ...optionalIn(part, 'exempt', termsIn), ...requestIn(part) };
    }
    case 'exempt': {
      const asked = { region: textIn(part, 'region'), scope: scopeIn(part), terms: termsIn(part, 'terms') };
      return { do: verb, ...asked, ...dryRequestIn(part) };
    }
    case 'renew':
      return { do: verb, id: idIn(part, 'id'), days: integerIn(part, 'days'), ...dryRequestIn(part) };
    case 'leave-open':
      return { do: verb, id: idIn(part, 'id'), terms: termsIn(part, 'terms'), ...requestIn(part) };
    case 'end-exemption':
      return { do: verb, id: idIn(part, 'id'), ...dryRequestIn(part) };
    case 'roll-back':
      return { do: verb, id: idIn(part, 'id'), ...requestIn(part) };
    case 'resume-budget':
      return { do: verb, ...dryRequestIn(part) };
    case 'list':
      return {
        do: verb,
        what: wordIn(part, 'what', LISTS),
        most: integerIn(part, 'most'),
        ...optionalIn(part, 'after', idIn),
      };
    case 'follow':
      return { do: verb, groupId: groupIdIn(part, 'groupId'), planId: planIdIn(part) };
    case 'canary':
      return { do: verb, region: textIn(part, 'region') };
    default:
      return verb satisfies never;
  }
}

/**
 * Reads a command: every field there, of its type, and no other. Whether it makes sense, such as the number of days, is not asked here:
 * that is answered, not thrown.
 *
 * @throws EventUnreadable naming the field and what was expected there.
 */
export function readCommand(value: unknown): Command {
  const part = openPart(value, 'command');
  const verb = wordIn(part, 'do', VERBS);
  allowOnly(part, isAnswer(verb) ? [...DRY_REQUEST, 'id'] : FIELDS[verb]);
  return commandOf(verb, part);
}
