import { asFields, type Fields, field, listField, textField } from '../fields.ts';

const blocks = (fields: Fields, list: string, name: string): readonly string[] =>
  listField(fields, list).flatMap((association) => {
    const told = asFields(association);
    if (told === undefined) return [];
    const state = asFields(field(told, `${name}State`));
    const isGone = state !== undefined && textField(state, 'state') === 'disassociated';
    return isGone ? [] : (textField(told, name) ?? []);
  });

/** A VPC's id and its CIDR blocks, both families. */
export interface VpcRead {
  readonly id: string;
  readonly cidrs: readonly string[];
}

/**
 * Reads a VPC as DescribeVpcs gives it; undefined for what has no id. Blocks that were taken away are left out.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
 */
export const readVpc = (value: unknown): VpcRead | undefined => {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'vpcId');
  if (fields === undefined || id === undefined) return undefined;
  const ipv4 = blocks(fields, 'cidrBlockAssociationSet', 'cidrBlock');
  const first = textField(fields, 'cidrBlock');
  const ipv6 = blocks(fields, 'ipv6CidrBlockAssociationSet', 'ipv6CidrBlock');
  return { id, cidrs: [...new Set([...(first === undefined ? [] : [first]), ...ipv4, ...ipv6])] };
};
