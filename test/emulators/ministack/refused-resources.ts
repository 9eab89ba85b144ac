import type { Resource } from '../../../infra/synthesize.ts';

/** A kind of resource that MiniStack 1.4.21 cannot deploy, so that the templates are deployed without it. */
export interface RefusedResource {
  /** The type, and what of it is concerned. */
  readonly what: string;
  readonly because: string;
  readonly matches: (resource: Resource) => boolean;
  /** What MiniStack's CloudFormation answers when it is to deploy such a resource. */
  readonly refusal: RegExp;
}

function unsupportedType(type: string, because: string): RefusedResource {
  return {
    what: type,
    because,
    matches: (resource) => resource.Type === type,
    refusal: new RegExp(`Unsupported resource type: ${type}$`),
  };
}

/** Everything that is left out. The suite fails for an entry that matches nothing, or that MiniStack has learnt to deploy. */
export const REFUSED_RESOURCES: readonly RefusedResource[] = [
  {
    what: 'AWS::CloudWatch::Alarm with metric math',
    because: 'MiniStack evaluates alarms on one metric each and knows no expressions.',
    matches: ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && 'Metrics' in Properties,
    refusal: /Properties\.Metrics \(metric math\) is not supported/,
  },
  unsupportedType('AWS::Config::ConfigRule', 'MiniStack has the API of AWS Config, but no rules in CloudFormation.'),
  unsupportedType('AWS::Config::StoredQuery', 'MiniStack has no advanced queries of AWS Config.'),
];
