import { InputInvalid } from '../../domain/errors.ts';
import type { RuleContent } from '../../domain/rule.ts';
import { asInteger, type Fields, field, placeOf, shown, spelling, type Writable } from '../fields.ts';
import { canonicalProtocol } from './protocol.ts';

/** What a rule says about its traffic, apart from the source. */
export type Traffic = Pick<RuleContent, 'protocol' | 'fromPort' | 'toPort'>;

const readProtocol = (fields: Fields, at: string): string => {
  const value = field(fields, 'ipProtocol');
  const protocol = canonicalProtocol(value);
  if (protocol === undefined) {
    throw new InputInvalid(
      `${placeOf(fields, 'ipProtocol', at)}: ${shown(value)} is not a protocol (such as "tcp", "17" or "-1")`,
    );
  }
  return protocol;
};

const readPort = (fields: Fields, name: 'fromPort' | 'toPort', at: string): number | undefined => {
  const value = field(fields, name);
  if (value === undefined) return undefined;
  const port = asInteger(value);
  if (port === undefined || port < -1 || port > 65_535) {
    throw new InputInvalid(`${placeOf(fields, name, at)}: ${shown(value)} is not a port (-1 to 65535)`);
  }
  return port;
};

/**
 * Reads `ipProtocol`, `fromPort` and `toPort` of a permission or a rule. Ports stay as they are stated: an undo repeats them.
 *
 * @throws InputInvalid naming the field under `at`.
 */
export const readTraffic = (fields: Fields, at: string): Traffic => {
  const protocol = readProtocol(fields, at);
  const fromPort = readPort(fields, 'fromPort', at);
  const toPort = readPort(fields, 'toPort', at);
  const ranged = protocol === 'tcp' || protocol === 'udp';
  if (ranged && fromPort !== undefined && toPort !== undefined && toPort >= 0 && fromPort > toPort) {
    throw new InputInvalid(
      `${placeOf(fields, 'fromPort', at)}: ${fromPort} is above ${spelling(fields, 'toPort')} ${toPort}`,
    );
  }
  const traffic: Writable<Traffic> = { protocol };
  if (fromPort !== undefined) traffic.fromPort = fromPort;
  if (toPort !== undefined) traffic.toPort = toPort;
  return traffic;
};
