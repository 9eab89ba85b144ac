import { parseCidr } from '../shared/exposure/cidr.ts';
import { formatShare } from '../shared/exposure/format.ts';
import { publicAddresses, publicShare } from '../shared/exposure/public-space.ts';
import { InputInvalid } from '../shared/model/errors.ts';
import type { Policy } from '../shared/model/policy.ts';
import { counted } from '../shared/reports/lines.ts';
import { type Command, EXIT } from './command.ts';
import { compileFile, POLICY_FILE } from './policy-file.ts';

const described = ({ preset, controls, ceiling }: Policy): string =>
  `preset ${preset}, ${counted(Object.keys(controls).length, 'control')} on, no mode above ${ceiling}`;

const NAMES = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

/** How much of the internet the policy takes out of the world, so that a reviewer sees a list that is too long. */
const trustedLines = ({ trusted }: Policy): readonly string[] =>
  (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const blocks = trusted.cidrs.map(parseCidr).filter((block) => block.family === family);
    if (blocks.length === 0) return [];
    const share = formatShare(publicShare(publicAddresses(blocks, family), family));
    return [`trusted: ${share} of the public ${NAMES[family]} addresses do not count as the world`];
  });

/** What each action prints of a policy without errors. */
const ACTIONS: ReadonlyMap<string, (policy: Policy, file: string) => string> = new Map([
  [
    'check',
    (policy: Policy, file: string) => [`${file}: no errors (${described(policy)})`, ...trustedLines(policy)].join('\n'),
  ],
  ['show', (policy: Policy) => JSON.stringify(policy, undefined, 2)],
]);

/** `portcullis policy check|show` */
export const policy: Command = {
  name: 'policy',
  takes: 'check|show [FILE]',
  most: 2,
  summary: 'Check a policy file, or show it as the functions read it',
  options: {},
  details: `check names every error at once, each with its line, and exits with 2 where there is one.
show prints the compiled policy as JSON: every option of every control that runs, spelt out.
Without FILE, ${POLICY_FILE} in this folder is read.`,
  run: async ({ positionals: [action = '', file = POLICY_FILE] }, terminal) => {
    const print = ACTIONS.get(action);
    if (print === undefined) {
      throw new InputInvalid(`policy ${JSON.stringify(action)}: expected ${[...ACTIONS.keys()].join(' or ')}`);
    }
    terminal.out(`${print(await compileFile(file), file)}\n`);
    return EXIT.clean;
  },
};
