import type { Entry } from '../domain/ledger.ts';
import { remediationId } from '../domain/remediation-id.ts';
import type { Command, CommandResult } from '../domain/requests/command.ts';
import type { Asked, Person } from '../domain/requests/person.ts';
import { askedNow } from '../remediation/asked.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { entryOf } from '../workflows/common/entry.ts';
import { noRemediation, refuse } from '../workflows/common/refuse.ts';
import { reasonProblems } from '../workflows/common/terms.ts';

/** Somebody has seen it. */
export type Acknowledge = Extract<Command, { do: 'acknowledge' }>;

const STEP = 'acknowledged';

const WAYS: Readonly<Record<string, Person['through']>> = { button: 'button', 'command-line': 'command-line' };

/** Who acknowledged a remediation first, and when; undefined if nobody did. */
export const firstAcknowledgement = ({ progress }: Entry): Pick<Asked, 'by' | 'at'> | undefined => {
  const first = progress.find(({ step }) => step === STEP);
  if (first === undefined) return undefined;
  const { name, arn, proven, through } = first.data;
  const by: Person = {
    name: String(name),
    ...(typeof arn === 'string' && { arn }),
    ...(proven === true && { proven }),
    through: WAYS[String(through)] ?? 'portcullis',
  };
  return { by, at: first.at };
};

/**
 * Records that somebody has seen a remediation, and tells people. Nothing else comes of it; the first stands, and later ones are told it.
 * Throws CallFailed.
 */
export const acknowledge = async (command: Acknowledge, cell: GrantCell): Promise<CommandResult> => {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await entryOf(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  const first = firstAcknowledgement(entry);
  if (first !== undefined) return { kind: 'acknowledged', first: false, ...first };
  const { notices, register, clock } = cell.ports;
  const asked = askedNow(command, clock);
  const { by, reason, at } = asked;
  // Told first: what is not on the record is told again under the same id.
  await notices.announce({ id: `${remediationId(entry.plan)} ${STEP}`, what: 'acknowledged', entry, asked });
  await register.noteProgress(entry, { step: STEP, data: { ...by, reason }, at });
  return { kind: 'acknowledged', first: true, by, at };
};
