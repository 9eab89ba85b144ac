import { InputInvalid, PolicyInvalid } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { parseCidr } from '../../shared/network/cidr.ts';
import { formatShare } from '../../shared/network/format.ts';
import { publicAddresses, publicShare } from '../../shared/network/public-space.ts';
import { didYouMean } from '../../shared/policy/schema/issues.ts';
import { counted } from '../../shared/reports/text.ts';
import { type Command, EXIT, type ExitCode } from '../command.ts';
import { compileFile, POLICY_FILE } from '../input/policy-file.ts';
import { type ResultPrinter, resultPrinter } from '../output/format.ts';
import type { Terminal } from '../terminal.ts';

const FAMILY_NAMES = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

const SUBCOMMANDS: ReadonlyMap<string, typeof show> = new Map([
  ['check', check],
  ['show', show],
]);

/** Prints JSON in every format, because the compiled policy has no other form. */
async function show(file: string, _printer: ResultPrinter, terminal: Terminal): Promise<ExitCode> {
  terminal.out(`${JSON.stringify(await compileFile(file), undefined, 2)}\n`);
  return EXIT.done;
}

async function check(file: string, printer: ResultPrinter): Promise<ExitCode> {
  const checked = await problemsIn(file);
  const problems = checked instanceof PolicyInvalid ? checked.problems : [];
  if (checked instanceof PolicyInvalid && printer.readBy === 'people') throw checked;
  printer.print({
    data: { kind: 'policy-check', file, valid: problems.length === 0, problems },
    text: () => (checked instanceof PolicyInvalid ? '' : checkText(file, checked)),
  });
  return problems.length === 0 ? EXIT.done : EXIT.error;
}

async function problemsIn(file: string): Promise<Policy | PolicyInvalid> {
  try {
    return await compileFile(file);
  } catch (error) {
    if (error instanceof PolicyInvalid) return error;
    throw error;
  }
}

function checkText(file: string, policy: Policy): string {
  return `${[`${file}: no errors (${policySummary(policy)})`, ...trustedLines(policy)].join('\n')}\n`;
}

function policySummary({ preset, controls, ceiling }: Policy): string {
  return `preset ${preset}, ${counted(Object.keys(controls).length, 'control')} on, no mode above ${ceiling}`;
}

/**
 * The share of public addresses that the policy trusts, so that a reviewer notices a list that is too long.
 */
function trustedLines({ trusted }: Policy): readonly string[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const blocks = trusted.cidrs.map(parseCidr).filter((block) => block.family === family);
    if (blocks.length === 0) return [];
    const share = formatShare(publicShare(publicAddresses(blocks, family), family));
    return [`trusted: ${share} of the public ${FAMILY_NAMES[family]} addresses do not count as the world`];
  });
}

/** `portcullis policy check|show` */
export const policy: Command = {
  name: 'policy',
  takes: 'check|show [FILE]',
  most: 2,
  summary: 'Check a policy file, or show it as the functions read it',
  options: {},
  details: `check names every error at once, each with its line, and exits with 2 if there is one.
show prints the compiled policy as JSON in either format: every option of every control that runs, spelt out.
Without FILE, ${POLICY_FILE} in this folder is read.`,
  exitCodes: 'printing',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const [action, file = POLICY_FILE] = args.positionals;
    const run = SUBCOMMANDS.get(action ?? '');
    if (run !== undefined) return await run(file, printer, terminal);
    const names = [...SUBCOMMANDS.keys()];
    const given = action === undefined ? '' : ` ${JSON.stringify(action)}`;
    throw new InputInvalid(`policy${given}: expected ${names.join(' or ')}${didYouMean(action ?? '', names)}`);
  },
};
