import { z } from 'zod';
import { CANARY_CONTROL } from '../../domain/canary.ts';
import { LONGEST_EXEMPTION_MS, MOST_PORT_RANGES } from '../../domain/exemption.ts';
import { readRule } from '../page/rule-text.ts';
import { editPorts, NO_PORTS, type PortEntry } from '../ports.ts';
import { day, spanIssues } from './day.ts';
import { port } from './port.ts';
import { addIssues, glob, type SectionIssue, words } from './word.ts';

const A_RULE = 'a rule such as tcp 22 from 203.0.113.0/24';

const shape = {
  group: glob.optional().describe('Id (sg-…) or name of groups, * for anything; absent: every group.'),
  rule: z
    .string({ error: A_RULE })
    .refine((text) => readRule(text) !== undefined, { error: A_RULE })
    .optional()
    .describe('What the rule lets through, such as tcp 22 from 203.0.113.0/24; another content is another rule.'),
  ports: z
    .array(port, { error: 'a list of ports' })
    .min(1, { error: 'at least one port' })
    .optional()
    .describe('Rules whose ports are all among these.'),
  reason: words('why, in words').describe('Why it may stand.'),
  owner: words('who answers for it').describe('Who answers for it.'),
  ticket: words('a ticket').optional().describe('Where it was agreed.'),
  from: day.describe('The first day (UTC).'),
  until: day.describe('The last day (UTC), at most 90 days in all.'),
};

const rangesIn = (ports: readonly PortEntry[]): number => {
  const { tcp, udp } = editPorts(NO_PORTS, ports);
  return tcp.length + udp.length;
};

interface Written {
  readonly group?: string | undefined;
  readonly rule?: string | undefined;
  readonly ports?: readonly PortEntry[] | undefined;
  readonly control?: string | undefined;
}

const scopeIssues = ({ group, rule, ports, control }: Written): readonly SectionIssue[] => {
  if ([group, rule, ports, control].every((part) => part === undefined))
    return [{ path: [], text: 'names nothing to exempt: a group, a rule, ports or a control' }];
  if (rule !== undefined && ports !== undefined)
    return [{ path: ['ports'], text: 'the rule names its ports already: leave ports out' }];
  if (control === CANARY_CONTROL)
    return [{ path: ['control'], text: 'the canary is never exempt: to switch it off, write `canary: off`' }];
  return rangesIn(ports ?? []) > MOST_PORT_RANGES
    ? [{ path: ['ports'], text: `more than ${MOST_PORT_RANGES} separate ranges: name wider ones, or a control` }]
    : [];
};

/** One exemption. `controls`: the ids that there are. */
export const exemptionSchema = (controls: readonly string[]) =>
  z
    .strictObject(
      {
        ...shape,
        control: z.enum(controls, { error: 'a control' }).optional().describe('Only this control leaves it alone.'),
      },
      { error: 'a map of what is exempt, reason, owner, from and until' },
    )
    .superRefine((one, context) => {
      addIssues(context, [...scopeIssues(one), ...spanIssues(one, LONGEST_EXEMPTION_MS)]);
    });

/** An exemption as it is written. */
export type WrittenExemption = z.infer<ReturnType<typeof exemptionSchema>>;
