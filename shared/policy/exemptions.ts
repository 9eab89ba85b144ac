import type { Exemption, ExemptionScope } from '../domain/exemption.ts';
import { contentKey } from '../network/rule-key.ts';
import { endOf, startOf } from './days.ts';
import { readRule } from './page/rule-text.ts';
import { editPorts, NO_PORTS } from './ports.ts';
import type { WrittenExemption } from './schema/exemption.ts';

const isId = (group: string): boolean => /^sg-[0-9a-f]{8,17}$/.test(group);

const scopeOf = ({ group, rule, ports, control }: WrittenExemption): ExemptionScope => {
  const content = rule === undefined ? undefined : readRule(rule);
  return {
    ...(group === undefined ? {} : isId(group) ? { groupId: group } : { groupName: group }),
    ...(content && { content: contentKey(content) }),
    ...(ports && { ports: editPorts(NO_PORTS, ports) }),
    ...(control === undefined ? {} : { control }),
  };
};

/** The exemptions of a valid section, each named by its place in the file. */
export const compileExemptions = (written: readonly WrittenExemption[]): readonly Exemption[] =>
  written.map((one, index) => ({
    id: `exemptions.${index}`,
    scope: scopeOf(one),
    by: { name: one.owner, through: 'policy' },
    reason: one.reason,
    owner: one.owner,
    ...(one.ticket === undefined ? {} : { ticket: one.ticket }),
    at: startOf(one.from) ?? Number.POSITIVE_INFINITY,
    until: endOf(one.until) ?? 0,
  }));
