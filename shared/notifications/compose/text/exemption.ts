import { type Exemption, type ExemptionScope, isForEveryGroup } from '../../../domain/exemption.ts';
import { formatContent, formatPorts } from '../../../network/text/format.ts';
import { type Fact, fact } from '../facts.ts';
import { askedText, timeText } from '../person.ts';

const portsText = ({ tcp, udp }: NonNullable<ExemptionScope['ports']>): string =>
  [tcp.length > 0 && `tcp ${formatPorts(tcp)}`, udp.length > 0 && `udp ${formatPorts(udp)}`].filter(Boolean).join(', ');

/** What an exemption is about, in words: everything that all the parts name. */
export const scopeText = (scope: ExemptionScope): string => {
  const { groupId, groupName, content, ports, control } = scope;
  return [
    isForEveryGroup(scope) && 'every group',
    groupId && `group ${groupId}`,
    groupName && `groups named ${groupName}`,
    content && `the rule ${formatContent(content)}`,
    ports && `ports ${portsText(ports)}`,
    control && `control ${control}`,
  ]
    .filter(Boolean)
    .join(', ');
};

/** What an exemption is about, who asked, who answers for it and until when. */
export const exemptionFacts = (exemption: Exemption): readonly Fact[] => {
  const { scope, owner, ticket, until, renewed = [], ended } = exemption;
  return [
    ...fact('About', scopeText(scope)),
    ...fact('Asked by', askedText(exemption)),
    ...fact('Owner', owner),
    ...fact('Ticket', ticket),
    ...renewed.flatMap((one) => fact('Renewed by', askedText(one))),
    ...fact('Until', timeText(until)),
    ...fact('Ended by', ended && askedText(ended)),
  ];
};
