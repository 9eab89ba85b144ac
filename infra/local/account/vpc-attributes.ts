import type {
  AttributeBooleanValue,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  ModifyVpcAttributeRequest,
  VpcAttributeName,
} from '@aws-sdk/client-ec2';
import { AwsError, invalidParameter, required } from './aws-error.ts';
import type { VpcRecord } from './records.ts';
import type { Region } from './region.ts';
import { requireResource, VPC } from './resource-kinds.ts';

/** For each attribute: the parameter that sets it, and its value in a new VPC. */
const ATTRIBUTES: Readonly<
  Record<
    VpcAttributeName,
    {
      readonly member: 'EnableDnsSupport' | 'EnableDnsHostnames' | 'EnableNetworkAddressUsageMetrics';
      readonly initial: (vpc: VpcRecord) => boolean;
    }
  >
> = {
  enableDnsSupport: { member: 'EnableDnsSupport', initial: () => true },
  enableDnsHostnames: { member: 'EnableDnsHostnames', initial: ({ isDefault }) => isDefault },
  enableNetworkAddressUsageMetrics: { member: 'EnableNetworkAddressUsageMetrics', initial: () => false },
};

function isAttribute(name: string): name is VpcAttributeName {
  return Object.hasOwn(ATTRIBUTES, name);
}

/**
 * DescribeVpcAttribute. Throws MissingParameter, InvalidParameterValue for an unknown attribute, InvalidVpcID.NotFound.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html
 */
export function describeVpcAttribute(region: Region, input: DescribeVpcAttributeRequest): DescribeVpcAttributeResult {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const name: string = required(input.Attribute, 'attribute');
  if (!isAttribute(name))
    throw invalidParameter(`Value (${name}) for parameter attribute is invalid. Unknown attribute.`);
  const { member, initial } = ATTRIBUTES[name];
  return { VpcId: vpc.id, [member]: { Value: vpc.attributes?.[name] ?? initial(vpc) } };
}

/**
 * ModifyVpcAttribute, one attribute a call. Throws InvalidParameterCombination for several, MissingParameter, InvalidVpcID.NotFound.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
 */
export function modifyVpcAttribute(region: Region, input: ModifyVpcAttributeRequest): object {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const stated = Object.entries(ATTRIBUTES).flatMap(([name, { member }]): readonly (readonly [string, boolean])[] => {
    const value: AttributeBooleanValue | undefined = input[member];
    return value?.Value === undefined ? [] : [[name, value.Value]];
  });
  if (stated.length > 1) {
    throw new AwsError('InvalidParameterCombination', 'Only one attribute can be modified at a time');
  }
  const attributes = { ...vpc.attributes, ...Object.fromEntries(required(stated[0] && stated, 'attribute')) };
  region.vpcs.set(vpc.id, { ...vpc, attributes });
  return {};
}
