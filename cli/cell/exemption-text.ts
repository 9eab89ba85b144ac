import type { Exemption, ExemptionScope } from '../../shared/domain/exemption.ts';
import { PORT_PROTOCOLS } from '../../shared/network/ports.ts';
import { formatContent, formatPorts } from '../../shared/network/text/format.ts';
import { moment } from '../../shared/network/text/moment.ts';
import { type Line, line, toned, under } from './lines.ts';

const portsText = (ports: NonNullable<ExemptionScope['ports']>): string =>
  PORT_PROTOCOLS.flatMap((protocol) => {
    const ranges = ports[protocol];
    return ranges.length === 0 ? [] : [`${protocol} ${formatPorts(ranges)}`];
  }).join(', ');

/** What an exemption is about: `ingress tcp 22 from 0.0.0.0/0 in sg-…, from world-open-admin alone`. */
const scopeText = ({ groupId, groupName, content, ports, control }: ExemptionScope): string => {
  const named = ports === undefined ? 'every rule' : `rules for ${portsText(ports)}`;
  const what = content === undefined ? named : formatContent(content);
  const where = groupId ?? (groupName === undefined ? 'every group' : `groups named ${groupName}`);
  return `${what} in ${where}, from ${control === undefined ? 'every control' : `${control} alone`}`;
};

const placeText = ({ place }: Exemption): readonly string[] =>
  place === undefined ? [] : [`account ${place.account}, ${place.region}`];

/** What there is to know of an exemption, below the line that heads it. */
export const exemptionDetails = (exemption: Exemption): readonly Line[] => {
  const { scope, owner, ticket, until, by, reason, at, renewed = [], ended } = exemption;
  return under([
    scopeText(scope),
    ...placeText(exemption),
    `until ${moment(until)}; owner ${owner}${ticket === undefined ? '' : `, ticket ${ticket}`}`,
    `given by ${by.name} on ${moment(at)}: ${reason}`,
    ...renewed.map((one) => `renewed by ${one.by.name} on ${moment(one.at)}: ${one.reason}`),
    ...(ended === undefined ? [] : [`revoked by ${ended.by.name} on ${moment(ended.at)}: ${ended.reason}`]),
  ]);
};

/** Exemptions in a list, as the function gives them. */
export const exemptionsText = (exemptions: readonly Exemption[]): readonly Line[] =>
  exemptions.length === 0
    ? [line('There are none.')]
    : [
        ...exemptions.flatMap((one) => [toned('strong', one.id), ...exemptionDetails(one)]),
        toned(
          'faint',
          'portcullis exempt renew ID … and exempt revoke ID … take these ids, but those of the policy file.',
        ),
      ];
