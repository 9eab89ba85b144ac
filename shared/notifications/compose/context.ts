import { CONTROLS } from '../../controls/registry.ts';
import { type Plan, remediationId } from '../../domain/decision.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Tags } from '../../domain/group.ts';
import type { Message, Reason } from '../../domain/message.ts';
import type { AlertSettings } from '../../domain/policy.ts';

/** The cell that a message comes from, and the policy's settings for alerts. */
export interface MessageContext {
  /** The cell's own account. Notifications that name no account are about this one. */
  readonly account: string;
  readonly region: string;
  /** AWS partition of the account, such as `aws` or `aws-eusc`. */
  readonly partition: string;
  /** Time of the message, milliseconds since the epoch. */
  readonly now: number;
  /** Alias of the cell's account. */
  readonly accountAlias?: string;
  readonly settings: Pick<AlertSettings, 'ownerTags' | 'docsUrl'>;
}

/** The fields of a message that say which remediation it is about. */
type MessageSubject = Pick<
  Message,
  'thread' | 'account' | 'accountAlias' | 'region' | 'group' | 'owner' | 'controls' | 'remediationId' | 'links'
>;

/** The group, location, id, controls and links of a plan. */
export function subjectOfPlan(plan: Plan, context: MessageContext): MessageSubject {
  const { account, region } = plan.change;
  const { group, findings } = plan.decision;
  const owner = ownerOf(group.tags, context);
  return {
    thread: groupThread(account, region, group.id),
    account,
    ...accountAliasOf(account, context),
    region,
    group: {
      id: group.id,
      name: group.name,
      ...(group.vpcId !== undefined && { vpcId: group.vpcId }),
      tags: group.tags,
    },
    ...(owner !== undefined && { owner }),
    controls: controlsOf(findings),
    remediationId: remediationId(plan),
    links: planLinks(plan, context),
  };
}

/**
 * Console of each partition. The SDK has no table of these hosts, and they do not follow from the DNS suffix.
 * AWS publishes no hosts for the isolated partitions, so messages there have no links.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 * @see https://docs.aws.eu/esc/latest/userguide/getting-started.html
 */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'https://console.aws.amazon.com',
  'aws-cn': 'https://console.amazonaws.cn',
  'aws-us-gov': 'https://console.amazonaws-us-gov.com',
  'aws-eusc': 'https://console.amazonaws-eusc.eu',
};

/** Ids in links come from events and tags, so each must match its format. */
const [REGION, GROUP, EVENT, STACK] = [
  /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d$/,
  /^sg-[0-9a-f]{8,17}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:\d{12}:stack\/[A-Za-z0-9-]{1,128}\/[0-9a-f-]{36}$/,
];

type MessageLink = Message['links'][number];

/** Makes a link to the console of one partition; none if the console is unknown. */
type LinkTo = (label: string, region: string, service: string, fragment: string) => readonly MessageLink[];

export function consoleLinks({ partition }: Pick<MessageContext, 'partition'>): LinkTo {
  return (label, region, service, fragment) => {
    const host = CONSOLES[partition];
    return host !== undefined && REGION.test(region)
      ? [{ label, url: `${host}/${service}/home?region=${region}#${fragment}` }]
      : [];
  };
}

/** Links to the group in the console and to its timeline in AWS Config. */
export function groupLinks(region: string, id: string, linkTo: LinkTo): readonly MessageLink[] {
  return GROUP.test(id)
    ? [
        ...linkTo('Security group', region, 'ec2', `SecurityGroup:groupId=${id}`),
        ...linkTo(
          'Timeline in AWS Config',
          region,
          'config',
          `/resources/timeline?resourceId=${id}&resourceType=AWS%3A%3AEC2%3A%3ASecurityGroup`,
        ),
      ]
    : [];
}

function stackLink(region: string, stackId: string | undefined, linkTo: LinkTo): readonly MessageLink[] {
  return stackId !== undefined && STACK.test(stackId)
    ? linkTo(
        'CloudFormation stack',
        region,
        'cloudformation',
        `/stacks/stackinfo?stackId=${encodeURIComponent(stackId)}`,
      )
    : [];
}

/**
 * Links to the group, its timeline in AWS Config, the CloudTrail event of the change, and the stack of the
 * group. The id of a sweep is not a CloudTrail event id, so a sweep has no link to an event.
 */
export function planLinks({ change, decision }: Plan, context: Pick<MessageContext, 'partition'>): Message['links'] {
  const linkTo = consoleLinks(context);
  const { region, id, trigger } = change;
  const event =
    trigger !== 'sweep' && EVENT.test(id)
      ? linkTo('CloudTrail event', region, 'cloudtrailv2', `/events?EventId=${id}`)
      : [];
  return [
    ...groupLinks(region, decision.group.id, linkTo),
    ...event,
    ...stackLink(region, decision.group.tags['aws:cloudformation:stack-id'], linkTo),
  ];
}

/** Most reasons in a message. */
const MAX_REASONS = 20;

function reasonOf(finding: Finding, { settings: { docsUrl } }: MessageContext): Reason {
  return {
    control: finding.control,
    severity: finding.severity,
    freshness: finding.freshness,
    text: CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? '',
    ...(docsUrl !== undefined && { url: `${docsUrl}#${encodeURIComponent(finding.control)}` }),
  };
}

/** The reasons of findings, without repetition, at most 20. */
export function reasonsOf(findings: readonly Finding[], context: MessageContext): readonly Reason[] {
  const reasons = findings.map((finding) => reasonOf(finding, context));
  return [
    ...new Map(reasons.map((reason) => [`${reason.control} ${reason.freshness} ${reason.text}`, reason])).values(),
  ].slice(0, MAX_REASONS);
}

/** Ids of the controls, without repetition. */
function controlsOf(findings: readonly Pick<Finding, 'control'>[]): readonly string[] {
  return [...new Set(findings.map(({ control }) => control))];
}

/** The command that explains the main control, if the policy has no link to the documentation. */
export function explainSteps(
  findings: readonly Pick<Finding, 'control'>[],
  { settings }: MessageContext,
): Message['ways'] {
  return settings.docsUrl === undefined
    ? controlsOf(findings)
        .slice(0, 1)
        .map((control) => ({ label: 'About the control', command: `portcullis explain ${control}` }))
    : [];
}

/** The owner of a group: the value of the first of the policy's owner tags that is set. */
function ownerOf(tags: Tags, { settings }: MessageContext): string | undefined {
  return settings.ownerTags.map((key) => tags[key]).find((value) => value !== undefined && value !== '');
}

/** The account's alias, if the account is the cell's own. */
export function accountAliasOf(account: string, context: MessageContext): Pick<Message, 'accountAlias'> {
  return context.accountAlias !== undefined && account === context.account
    ? { accountAlias: context.accountAlias }
    : {};
}

/** Thread of all messages about a group: `111122223333/eu-west-1/sg-0…`. */
export function groupThread(account: string, region: string, groupId: string): string {
  return `${account}/${region}/${groupId}`;
}
