import { replyTo } from '../../shared/actions/result-text.ts';
import type { CommandResult } from '../../shared/domain/command.ts';
import {
  afterExemptionText,
  afterRestoreText,
  type Exemption,
  type ExemptionScope,
} from '../../shared/domain/exemption.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { PostRemovalGrant } from '../../shared/domain/ledger.ts';
import { formatContent, formatMinute, formatPorts, formatRule } from '../../shared/network/format.ts';
import { PORT_PROTOCOLS } from '../../shared/network/ports.ts';
import { counted } from '../../shared/reports/text.ts';
import { type Arguments, EXIT, type ExitCode } from '../command.ts';
import type { ResultPrinter } from './format.ts';
import { remediationsText } from './remediations.ts';
import { indentedLines, linesToText, type TextLine, textLine, tonedLine } from './text.ts';

type Restored = Extract<CommandResult, { kind: 'restored' }>;

/** The rules that were not restored, and the exemption of those that were. */
function refusedLines({ refused, exemption }: PostRemovalGrant): readonly TextLine[] {
  return [
    ...(refused.length === 0 ? [] : [tonedLine('bad', 'Not granted:')]),
    ...indentedLines(refused.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`)),
    ...(exemption === undefined
      ? []
      : [
          textLine(
            `Exempt until ${formatMinute(exemption.until)}; owner ${exemption.owner}${exemption.ticket === undefined ? '' : `, ticket ${exemption.ticket}`}.`,
          ),
        ]),
  ];
}

/** The rules that were granted after a removal. */
function followUpText(grant: PostRemovalGrant): readonly TextLine[] {
  return [
    tonedLine('strong', `${counted(grant.granted.length, 'rule')} granted (${grant.kind})`),
    ...indentedLines(grant.granted.map(formatRule)),
    ...refusedLines(grant),
  ];
}

/** The rules that this restore added. Rules that existed before it are not among them. */
function newlyGranted({ followUp: grant, standing }: Restored): readonly Rule[] {
  return grant.granted.filter(({ id }) => id === undefined || !standing.includes(id));
}

/** Whether only some of the rules were restored. */
function isPartial(result: Restored): boolean {
  return result.followUp.refused.length > 0 && newlyGranted(result).length > 0;
}

/** Removes the id of a rule, because a restored rule gets a new id. */
function withoutId(rule: Rule): Rule {
  return { ...rule, id: '' };
}

/** The result of a restore or of its dry run. Rules that existed before are named by id only. */
function restoredText(result: Restored): readonly TextLine[] {
  const { dryRun, followUp: grant, standing, remarks, afterwards } = result;
  const granted = newlyGranted(result).map((rule) => (dryRun ? withoutId(rule) : rule));
  const verb = dryRun ? 'Would be restored' : 'Restored';
  return [
    ...(granted.length === 0
      ? [tonedLine('strong', 'Nothing to restore.')]
      : [tonedLine('good', `${verb}: ${counted(granted.length, 'rule')}`), ...indentedLines(granted.map(formatRule))]),
    ...(granted.length === 0 ? [] : refusedLines(grant)),
    ...(granted.length === 0 || afterwards === undefined ? [] : [textLine(`${afterRestoreText(afterwards)}.`)]),
    ...(standing.length === 0 ? [] : [textLine(`Standing already: ${standing.join(', ')}.`)]),
    ...remarks.map((remark) => textLine(`Note: ${remark}.`)),
  ];
}

function portsText(ports: NonNullable<ExemptionScope['ports']>): string {
  return PORT_PROTOCOLS.flatMap((protocol) => {
    const ranges = ports[protocol];
    return ranges.length === 0 ? [] : [`${protocol} ${formatPorts(ranges)}`];
  }).join(', ');
}

/** The scope of an exemption: `ingress tcp 22 from 0.0.0.0/0 in sg-…, from world-open-admin alone`. */
function scopeText({ groupId, groupName, content, ports, control }: ExemptionScope): string {
  const named = ports === undefined ? 'every rule' : `rules for ${portsText(ports)}`;
  const what = content === undefined ? named : formatContent(content);
  const where = groupId ?? (groupName === undefined ? 'every group' : `groups named ${groupName}`);
  return `${what} in ${where}, from ${control === undefined ? 'every control' : `${control} alone`}`;
}

function placeText({ place }: Exemption): readonly string[] {
  return place === undefined ? [] : [`account ${place.account}, ${place.region}`];
}

/** The details of an exemption, for the lines below its id. */
function exemptionDetails(exemption: Exemption): readonly TextLine[] {
  const { scope, owner, ticket, until, by, reason, at, renewed = [], ended } = exemption;
  return indentedLines([
    scopeText(scope),
    ...placeText(exemption),
    `until ${formatMinute(until)}; owner ${owner}${ticket === undefined ? '' : `, ticket ${ticket}`}`,
    `given by ${by.name} on ${formatMinute(at)}: ${reason}`,
    ...renewed.map((one) => `renewed by ${one.by.name} on ${formatMinute(one.at)}: ${one.reason}`),
    ...(ended === undefined ? [] : [`revoked by ${ended.by.name} on ${formatMinute(ended.at)}: ${ended.reason}`]),
  ]);
}

function exemptionsText(exemptions: readonly Exemption[]): readonly TextLine[] {
  return exemptions.length === 0
    ? [textLine('There are none.')]
    : [
        ...exemptions.flatMap((one) => [tonedLine('strong', one.id), ...exemptionDetails(one)]),
        tonedLine(
          'faint',
          'portcullis exempt renew ID … and exempt revoke ID … take these ids, but those of the policy file.',
        ),
      ];
}

type Result<K extends CommandResult['kind']> = Extract<CommandResult, { kind: K }>;

const NEXT_STEPS = {
  released: 'It is looked at again now: what has not changed since is closed. portcullis remediations tells.',
  declined: 'It stays as it is.',
} as const;

const ANSWER_WORDS = { released: 'approved', declined: 'declined' } as const;

function answeredText({ verdict, first, by, at }: Result<'answered'>): readonly TextLine[] {
  return first
    ? [
        tonedLine('good', `${verdict === 'released' ? 'Approved' : 'Declined'} by ${by.name}.`),
        textLine(NEXT_STEPS[verdict]),
      ]
    : [
        tonedLine(
          'warning',
          `It was ${ANSWER_WORDS[verdict]} by ${by.name} on ${formatMinute(at)}: the first answer stands.`,
        ),
      ];
}

const EXEMPTION_HEADS = { exempted: 'Exempt', renewed: 'Renewed', ended: 'Revoked' } as const;

function afterText({ kind, exemption, afterwards }: Result<'exempted' | 'renewed' | 'ended'>): string {
  return kind === 'ended' && exemption.scope.groupId === undefined
    ? 'Every group is judged again at the next sweep.'
    : afterExemptionText(afterwards, kind === 'ended' ? 'has ended' : 'ends');
}

function exemptedText(result: Result<'exempted' | 'renewed' | 'ended'>): readonly TextLine[] {
  return [
    tonedLine('good', `${EXEMPTION_HEADS[result.kind]}: ${result.exemption.id}`),
    ...exemptionDetails(result.exemption),
    textLine(afterText(result)),
  ];
}

function migratedText({ replacement, steps, open, remarks }: Result<'migrated'>): readonly TextLine[] {
  return [
    tonedLine(
      open.length === 0 ? 'good' : 'warning',
      replacement === undefined ? 'Nothing used the default group.' : `${replacement} stands in for the default group.`,
    ),
    ...indentedLines(steps),
    ...(open.length === 0
      ? [textLine('It is looked at again now, to be stripped.')]
      : [tonedLine('warning', 'Still in the way:'), ...indentedLines(open)]),
    ...remarks.map((remark) => textLine(`Note: ${remark}.`)),
  ];
}

function acknowledgedText({
  first,
  by,
  at,
}: Extract<CommandResult, { readonly kind: 'acknowledged' }>): readonly TextLine[] {
  return [
    first
      ? tonedLine('good', `Acknowledged by ${by.name}.`)
      : tonedLine('warning', `It was acknowledged by ${by.name} on ${formatMinute(at)}.`),
  ];
}

type CanaryResult = Extract<CommandResult, { readonly kind: `canary-${string}` }>;

function isCanaryResult(result: CommandResult): result is CanaryResult {
  return result.kind.startsWith('canary-');
}

function canaryText(result: CanaryResult): readonly TextLine[] {
  switch (result.kind) {
    case 'canary-put':
      return [tonedLine('good', `The canary's marker is in ${result.groupId}.`)];
    case 'canary-stands':
      return [tonedLine('warning', `The canary's last marker still stands in ${result.groupId}.`)];
    case 'canary-skipped':
      return [tonedLine('warning', 'No marker was put:'), ...indentedLines(result.because)];
    default:
      // An action without a text of its own for the terminal prints the reply that its button gives.
      return [textLine(replyTo(result).line)];
  }
}

/** The answer of a cell as text. A refusal is printed on standard error instead. */
function resultText(result: Exclude<CommandResult, { kind: 'refused' }>): readonly TextLine[] {
  if (isCanaryResult(result)) return canaryText(result);
  switch (result.kind) {
    case 'restored':
      return restoredText(result);
    case 'answered':
      return answeredText(result);
    case 'exempted':
    case 'renewed':
    case 'ended':
      return exemptedText(result);
    case 'left-open':
      return result.exemptions.flatMap((exemption) => exemptedText({ ...result, kind: 'exempted', exemption }));
    case 'acknowledged':
      return acknowledgedText(result);
    case 'resumed':
      return [
        tonedLine('good', 'The budget starts anew.'),
        textLine(`${counted(result.released, 'held remediation')} looked at again.`),
      ];
    case 'migrated':
      return migratedText(result);
    case 'rolled-back':
      return [tonedLine('good', 'Rolled back.'), ...indentedLines(result.steps)];
    case 'remediations':
      return remediationsText(result.lines);
    case 'exemptions':
      return exemptionsText(result.exemptions);
    case 'followed':
      return result.followUps.flatMap(followUpText);
    default:
      // An action without a text of its own for the terminal prints the reply that its button gives.
      return [textLine(replyTo(result).line)];
  }
}

/** A restore that put back only some of the rules counts as refused. */
function isRefused(result: CommandResult): boolean {
  return result.kind === 'refused' || (result.kind === 'restored' && isPartial(result));
}

/** Prints the answer of a cell and gives the exit code. `data` is what programs read. */
export function printResult(result: CommandResult, printer: ResultPrinter, data: object = result): ExitCode {
  if (result.kind === 'refused') printer.refuse(data, result.because);
  else printer.print({ data, text: (paint) => linesToText(resultText(result), paint) });
  return isRefused(result) ? EXIT.refused : EXIT.done;
}

/** The field of a command that asks the cell not to change anything. */
export function dryRunOf(args: Pick<Arguments, 'has'>): { readonly dryRun?: true } {
  return args.has('dry-run') ? { dryRun: true } : {};
}

/**
 * Prints the answer of a cell. After `--dry-run` the output says that nothing was changed. Gives the exit
 * code.
 */
export function printResultOrDryRun(
  args: Pick<Arguments, 'has'>,
  result: CommandResult,
  printer: ResultPrinter,
): ExitCode {
  if (!args.has('dry-run')) return printResult(result, printer);
  printer.announce('Dry run: nothing was changed. Without --dry-run the answer would be:');
  return printResult(result, printer, { ...result, dryRun: true });
}
