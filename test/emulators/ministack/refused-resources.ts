import type { Resource } from '../../../infra/synthesize.ts';

/** A kind of resource that MiniStack 1.4.21 cannot deploy. The templates are deployed without it. */
export interface RefusedResource {
  /** The resource type, and the property concerned. */
  readonly what: string;
  readonly because: string;
  readonly matches: (resource: Resource) => boolean;
  /** MiniStack's error for such a resource. */
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

/**
 * All omitted kinds of resources. The suite fails for an entry that matches nothing, and for one that
 * MiniStack can deploy now.
 */
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
