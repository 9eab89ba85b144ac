import { InputInvalid } from '../../domain/errors.ts';
import type { Source } from '../../domain/rule.ts';
import { familyOf, parseCidr } from '../../network/cidr.ts';
import { plainCidr } from '../../network/plain-cidr.ts';
import { asFields, asText, type Fields, field, placeOf, shown, textField, type Writable } from '../fields.ts';

/** A CIDR block as the source it is, where it is written as EC2 writes it: nearly always. Undefined says nothing of what else it is. */
export const plainSource = (value: unknown): Source | undefined => {
  if (typeof value !== 'string') return undefined;
  const plain = plainCidr(value);
  return plain && { kind: plain.words.length === 1 ? 'ipv4' : 'ipv6', cidr: value };
};

/**
 * A CIDR block as the source it is; the family is told by the text.
 *
 * @throws InputInvalid naming the place and the text.
 */
export const cidrSource = (value: unknown, at: string): Source => {
  const plain = plainSource(value);
  if (plain !== undefined) return plain;
  const cidr = asText(value);
  if (cidr === undefined)
    throw new InputInvalid(
      value === undefined
        ? `${at}: missing; expected a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)`
        : `${at}: ${shown(value)} is not a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)`,
    );
  try {
    parseCidr(cidr);
  } catch (error) {
    if (!(error instanceof InputInvalid)) throw error;
    throw new InputInvalid(`${at}: ${error.message}`, { cause: error });
  }
  return { kind: familyOf(cidr), cidr };
};

/**
 * A prefix list by its id.
 *
 * @throws InputInvalid naming the place.
 */
export const prefixListSource = (value: unknown, at: string): Source => {
  const id = asText(value);
  if (id === undefined)
    throw new InputInvalid(`${at}: ${shown(value)} is not a prefix list id (such as pl-0123456789abcdef0)`);
  return { kind: 'prefix-list', id };
};

/**
 * A referenced group: `groupId`, and whose it is. A group named by its name alone has no id to go by and is refused.
 *
 * @throws InputInvalid naming the place.
 */
export const groupSource = (fields: Fields, at: string): Source => {
  const groupId = textField(fields, 'groupId');
  if (groupId === undefined) {
    const place = placeOf(fields, 'groupId', at);
    throw new InputInvalid(
      `${place}: ${shown(field(fields, 'groupId'))} is not a group id (such as sg-0123456789abcdef0)`,
    );
  }
  const source: Writable<Extract<Source, { kind: 'group' }>> = { kind: 'group', groupId };
  const ownerId = textField(fields, 'userId');
  const vpcId = textField(fields, 'vpcId');
  const peeringId = textField(fields, 'vpcPeeringConnectionId');
  if (ownerId !== undefined) source.ownerId = ownerId;
  if (vpcId !== undefined) source.vpcId = vpcId;
  if (peeringId !== undefined) source.peeringId = peeringId;
  return source;
};

const FLAT_CIDRS = ['cidrIpv4', 'cidrIpv6', 'cidrIp'] as const;

/**
 * The single source of a rule that carries it in its own fields, as SecurityGroupRule does.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 * @throws InputInvalid where there is none, or it is no source.
 */
export const flatSource = (fields: Fields, at: string): Source => {
  for (const name of FLAT_CIDRS) {
    const value = field(fields, name);
    if (value !== undefined) return cidrSource(value, placeOf(fields, name, at));
  }
  const prefixList = field(fields, 'prefixListId');
  if (prefixList !== undefined) return prefixListSource(prefixList, placeOf(fields, 'prefixListId', at));
  const referenced = asFields(field(fields, 'referencedGroupInfo'));
  if (referenced !== undefined) return groupSource(referenced, placeOf(fields, 'referencedGroupInfo', at));
  throw new InputInvalid(`${at}: names no source (CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupInfo)`);
};
