import { type Outcome, remediationId } from '../domain/decision.ts';
import { type Severity, worstSeverity } from '../domain/finding.ts';
import type { Rule } from '../domain/group.ts';
import type { ReportedOutcome } from '../domain/ports.ts';
import { truncate } from '../network/format.ts';
import { explanationOf, groupArn } from './report.ts';
import { isoTime } from './text.ts';

/** A permission as ASFF states it. */
interface AsffPermission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges?: { CidrIp: string }[];
  readonly Ipv6Ranges?: { CidrIpv6: string }[];
  readonly PrefixListIds?: { PrefixListId: string }[];
  readonly UserIdGroupPairs?: { GroupId: string }[];
}

function asffSource({ source }: Rule): Omit<AsffPermission, 'IpProtocol'> {
  switch (source.kind) {
    case 'ipv4':
      return { IpRanges: [{ CidrIp: source.cidr }] };
    case 'ipv6':
      return { Ipv6Ranges: [{ CidrIpv6: source.cidr }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: source.id }] };
    case 'group':
      return { UserIdGroupPairs: [{ GroupId: source.groupId }] };
    default:
      return source satisfies never;
  }
}

/** A rule as a permission of its own. */
function asffPermission(rule: Rule): AsffPermission {
  return {
    IpProtocol: rule.protocol,
    ...(rule.fromPort !== undefined && { FromPort: rule.fromPort }),
    ...(rule.toPort !== undefined && { ToPort: rule.toPort }),
    ...asffSource(rule),
  };
}

/**
 * Rules that a finding lists. ASFF has room for 240 KB, and one takes less than 300 bytes.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
const MOST_RULES = 100;

const LABELS = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH', critical: 'CRITICAL' } as const satisfies Record<
  Severity,
  string
>;

/** Where a finding's remedy is written up. */
const PAGE = 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html';

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices/Network Reachability'];

/** Security Hub takes the names of these partitions, and no other. @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html */
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'] as const;

function resourceOf({ plan }: Outcome, partition: string) {
  const named = PARTITIONS.find((name) => name === partition);
  const { change, decision } = plan;
  const { id, name, vpcId, ownerId } = decision.group;
  const shown = decision.rules.slice(0, MOST_RULES);
  const permissionsOf = (direction: string) => shown.filter((rule) => rule.direction === direction).map(asffPermission);
  return {
    Type: 'AwsEc2SecurityGroup',
    Id: groupArn(change, id, partition),
    ...(named !== undefined && { Partition: named }),
    Region: change.region,
    Details: {
      AwsEc2SecurityGroup: {
        GroupId: id,
        GroupName: truncate(name, 255) || id,
        OwnerId: ownerId ?? change.account,
        ...(vpcId !== undefined && { VpcId: vpcId }),
        IpPermissions: permissionsOf('ingress'),
        IpPermissionsEgress: permissionsOf('egress'),
      },
    },
  };
}

function textsOf({ plan, status }: Outcome) {
  const { group, findings: because, rules } = plan.decision;
  const controls = [...new Set(because.map(({ control }) => control))].join(', ');
  const omitted = Math.max(0, rules.length - MOST_RULES);
  return {
    Title: truncate(`${controls || 'portcullis'}: security group ${group.name || group.id}`, 256),
    Description: truncate(because.map(explanationOf).join('; ') || 'A security group is open', 1024),
    ProductFields: {
      'portcullis/remediationId': remediationId(plan),
      'portcullis/status': status,
      'portcullis/mode': plan.decision.mode,
      'portcullis/controls': truncate(controls || '-', 1024),
      'portcullis/rulesOmitted': String(omitted),
    },
    Remediation: {
      Recommendation: {
        Text: truncate(`How to fix it by hand: portcullis explain ${because[0]?.control ?? ''}`, 512),
        Url: PAGE,
      },
    },
  };
}

/** Where the account's Security Hub is. */
export interface SecurityHub {
  readonly region: string;
  /** AWS's partition of the account. */
  readonly partition: string;
}

/**
 * An outcome as a finding in AWS's Security Finding Format: one for each case, the same id each time, so that a later import updates
 * it, whatever the mode has become since. Closed, it has passed and is archived. `Workflow` and `Note` belong to people and are left alone. Severity and types stand under
 * `FindingProviderFields`, so that an update does not take back what people have changed.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export function asffFinding(outcome: ReportedOutcome, { region: home, partition }: SecurityHub) {
  const { plan, caseId, status, at } = outcome;
  const { account, at: changedAt } = plan.change;
  const isClosed = status === 'done';
  return {
    SchemaVersion: '2018-10-08',
    Id: `portcullis/${caseId}`,
    ProductArn: `arn:${partition}:securityhub:${home}:${account}:product/${account}/default`,
    GeneratorId: `portcullis/${plan.decision.findings[0]?.control ?? 'portcullis'}`,
    AwsAccountId: account,
    FirstObservedAt: isoTime(changedAt),
    LastObservedAt: isoTime(at),
    CreatedAt: isoTime(plan.at),
    UpdatedAt: isoTime(at),
    ...textsOf(outcome),
    FindingProviderFields: {
      Severity: { Label: LABELS[worstSeverity(plan.decision.findings)] },
      Types: [...TYPES],
    },
    Resources: [resourceOf(outcome, partition)],
    Compliance: { Status: isClosed ? ('PASSED' as const) : ('FAILED' as const) },
    RecordState: isClosed ? ('ARCHIVED' as const) : ('ACTIVE' as const),
  };
}
