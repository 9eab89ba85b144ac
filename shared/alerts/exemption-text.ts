import { formatPorts, plain } from '../exposure/format.ts';
import type { Exemption, ExemptionScope } from '../model/exemption.ts';
import { askedText, timeText } from './person.ts';

const portsText = ({ tcp, udp }: NonNullable<ExemptionScope['ports']>): string =>
  [tcp.length > 0 && `tcp ${formatPorts(tcp)}`, udp.length > 0 && `udp ${formatPorts(udp)}`].filter(Boolean).join(', ');

/** What an exemption is about, in words: everything that all the parts name. */
export const scopeText = ({ groupId, groupName, content, ports, control }: ExemptionScope): string =>
  [
    groupId && `group ${groupId}`,
    groupName && `groups named ${plain(groupName)}`,
    content && `the rule ${plain(content)}`,
    ports && `ports ${portsText(ports)}`,
    control && `control ${control}`,
  ]
    .filter(Boolean)
    .join(', ');

/** Where an exemption is, what it is about, who answers for it and until when. */
export const exemptionLines = (exemption: Exemption): readonly string[] => {
  const { scope, place, owner, ticket, until, renewed = [], ended } = exemption;
  return [
    ...(place === undefined ? [] : [`Where: account ${place.account}, ${place.region}`]),
    `About: ${scopeText(scope)}`,
    `Asked by: ${askedText(exemption)}`,
    `Owner: ${plain(owner)}${ticket === undefined ? '' : `, ticket ${plain(ticket)}`}`,
    ...renewed.map((one) => `Renewed by: ${askedText(one)}`),
    `Until: ${timeText(until)}`,
    ...(ended === undefined ? [] : [`Ended by: ${askedText(ended)}`]),
  ];
};
