import { z } from 'zod';
import { CANARY_CONTROL } from '../../domain/canary.ts';
import { type Exemption, type ExemptionScope, LONGEST_EXEMPTION_MS, MOST_PORT_RANGES } from '../../domain/exemption.ts';
import { contentKey } from '../../network/rule-key.ts';
import { endOf, startOf } from '../dates.ts';
import { editPorts, NO_PORTS, type PortEntry, readRule } from '../notation.ts';
import { addIssues, day, glob, port, type SectionIssue, spanIssues, words } from './values.ts';

const A_RULE = 'a rule such as tcp 22 from 203.0.113.0/24';

const shape = {
  group: glob.optional().describe('Group id (sg-…) or name; * stands for anything. Default: every group.'),
  rule: z
    .string({ error: A_RULE })
    .refine((text) => readRule(text) !== undefined, { error: A_RULE })
    .optional()
    .describe('Content of the rule, such as tcp 22 from 203.0.113.0/24. A rule with other content is not exempt.'),
  ports: z
    .array(port, { error: 'a list of ports' })
    .min(1, { error: 'at least one port' })
    .optional()
    .describe('Rules with only these ports are exempt.'),
  reason: words('a reason in words').describe('Why it may stay open.'),
  owner: words('an owner').describe('Who is responsible.'),
  ticket: words('a ticket').optional().describe('Where it was approved.'),
  from: day.describe('First day (UTC).'),
  until: day.describe('Last day (UTC). At most 90 days after the first.'),
};

/** One exemption. `controls` are the ids of all controls. */
export function exemptionSchema(controls: readonly string[]) {
  return z
    .strictObject(
      {
        ...shape,
        control: z
          .enum(controls, { error: 'a control' })
          .optional()
          .describe('The exemption applies only to this control.'),
      },
      { error: 'a map of what is exempt, reason, owner, from and until' },
    )
    .superRefine((one, context) => {
      addIssues(context, [...scopeIssues(one), ...spanIssues(one, LONGEST_EXEMPTION_MS)]);
    });
}

interface WrittenScope {
  readonly group?: string | undefined;
  readonly rule?: string | undefined;
  readonly ports?: readonly PortEntry[] | undefined;
  readonly control?: string | undefined;
}

function scopeIssues({ group, rule, ports, control }: WrittenScope): readonly SectionIssue[] {
  if ([group, rule, ports, control].every((part) => part === undefined))
    return [{ path: [], text: 'does not say what is exempt: add a group, a rule, ports or a control' }];
  if (rule !== undefined && ports !== undefined)
    return [{ path: ['ports'], text: 'the rule already states its ports: remove ports' }];
  if (control === CANARY_CONTROL)
    return [{ path: ['control'], text: 'the canary cannot be exempt: to turn it off, set `canary: off`' }];
  return rangesIn(ports ?? []) > MOST_PORT_RANGES
    ? [{ path: ['ports'], text: `more than ${MOST_PORT_RANGES} separate ranges: use wider ranges or a control` }]
    : [];
}

function rangesIn(ports: readonly PortEntry[]): number {
  const { tcp, udp } = editPorts(NO_PORTS, ports);
  return tcp.length + udp.length;
}

type WrittenExemption = z.infer<ReturnType<typeof exemptionSchema>>;

/** Compiles the section `exemptions`. The id of an exemption is its path in the file. */
export function compileExemptions(written: readonly WrittenExemption[]): readonly Exemption[] {
  return written.map((one, index) => ({
    id: `exemptions.${index}`,
    scope: scopeOf(one),
    by: { name: one.owner, through: 'policy' },
    reason: one.reason,
    owner: one.owner,
    ...(one.ticket === undefined ? {} : { ticket: one.ticket }),
    at: startOf(one.from) ?? Number.POSITIVE_INFINITY,
    until: endOf(one.until) ?? 0,
  }));
}

function scopeOf({ group, rule, ports, control }: WrittenExemption): ExemptionScope {
  const content = rule === undefined ? undefined : readRule(rule);
  return {
    ...(group === undefined ? {} : isId(group) ? { groupId: group } : { groupName: group }),
    ...(content && { content: contentKey(content) }),
    ...(ports && { ports: editPorts(NO_PORTS, ports) }),
    ...(control === undefined ? {} : { control }),
  };
}

function isId(group: string): boolean {
  return /^sg-[0-9a-f]{8,17}$/.test(group);
}
