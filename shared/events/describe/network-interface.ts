import type { Attachment } from '../../domain/group.ts';
import { asFields, asText, type Fields, field, listField, textField } from '../fields.ts';
import { interfaceOwner } from './interface-owner.ts';

/** A network interface, and the groups that it uses. */
export interface InterfaceRead {
  readonly groupIds: readonly string[];
  readonly attachment: Attachment;
}

const within = (fields: Fields, part: string, name: string): string | undefined => {
  const inner = asFields(field(fields, part));
  return inner === undefined ? undefined : textField(inner, name);
};

const textsOf = (fields: Fields, list: string, name: string): readonly string[] =>
  listField(fields, list).flatMap((element) => {
    const inner = asFields(element);
    return (inner === undefined ? asText(element) : textField(inner, name)) ?? [];
  });

/** Whether an IPv6 address is of 2000::/3, all that is global unicast: a VPC's others (fd00::/8) are private. */
const isGlobal = (address: string): boolean => /^[23][0-9a-f]{3}:/i.test(address);

const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** The fields that are there: an absent one has no key. */
const present = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> => {
  const known: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) known[key] = fields[key];
  return known;
};

/**
 * Reads an interface as DescribeNetworkInterfaces gives it (SDK or CLI); undefined for what is no object.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
export const readInterface = (value: unknown): InterfaceRead | undefined => {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const groupIds = textsOf(fields, 'groups', 'groupId');
  const told = {
    description: textField(fields, 'description') ?? '',
    type: textField(fields, 'interfaceType') ?? 'interface',
    groupIds,
    ...(isTrue(field(fields, 'requesterManaged')) && { requesterManaged: true as const }),
    ...present<Pick<Attachment, 'requesterId' | 'instanceId' | 'publicIp' | 'publicIpv6' | 'subnetId' | 'vpcId'>>({
      requesterId: textField(fields, 'requesterId'),
      instanceId: within(fields, 'attachment', 'instanceId'),
      publicIp: within(fields, 'association', 'publicIp'),
      publicIpv6: textsOf(fields, 'ipv6Addresses', 'ipv6Address').find(isGlobal),
      subnetId: textField(fields, 'subnetId'),
      vpcId: textField(fields, 'vpcId'),
    }),
  };
  return {
    groupIds,
    attachment: { interfaceId: textField(fields, 'networkInterfaceId') ?? '', ...told, owner: interfaceOwner(told) },
  };
};
