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

/** A rule as one ASFF permission. */
function asffPermission(rule: Rule): AsffPermission {
  return {
    IpProtocol: rule.protocol,
    ...(rule.fromPort !== undefined && { FromPort: rule.fromPort }),
    ...(rule.toPort !== undefined && { ToPort: rule.toPort }),
    ...asffSource(rule),
  };
}

/**
 * Greatest number of rules in a finding. A finding has at most 240 KB, and a rule takes less than 300 bytes.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
const MOST_RULES = 100;

const LABELS = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH', critical: 'CRITICAL' } as const satisfies Record<
  Severity,
  string
>;

/** The page that explains the remedy. */
const PAGE = 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html';

const TYPES = ['Software and Configuration Checks/AWS Security Best Practices/Network Reachability'];

/**
 * Security Hub accepts these partition names only.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html
 */
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
  const { group, findings, rules } = plan.decision;
  const controls = [...new Set(findings.map(({ control }) => control))].join(', ');
  const omitted = Math.max(0, rules.length - MOST_RULES);
  return {
    Title: truncate(`${controls || 'portcullis'}: security group ${group.name || group.id}`, 256),
    Description: truncate(findings.map(explanationOf).join('; ') || 'A security group is open', 1024),
    ProductFields: {
      'portcullis/remediationId': remediationId(plan),
      'portcullis/status': status,
      'portcullis/mode': plan.decision.mode,
      'portcullis/controls': truncate(controls || '-', 1024),
      'portcullis/rulesOmitted': String(omitted),
    },
    Remediation: {
      Recommendation: {
        Text: truncate(`How to fix it by hand: portcullis explain ${findings[0]?.control ?? ''}`, 512),
        Url: PAGE,
      },
    },
  };
}

/** The Security Hub of the account. */
export interface SecurityHub {
  readonly region: string;
  /** The AWS partition of the account. */
  readonly partition: string;
}

/**
 * An outcome as a finding in AWS Security Finding Format. All outcomes of a case have the same id, so a later
 * import updates the finding. A closed finding has passed and is archived. `Workflow` and `Note` belong to
 * people and are not set. Severity and types are in `FindingProviderFields`, so that an update does not
 * overwrite what people changed.
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
