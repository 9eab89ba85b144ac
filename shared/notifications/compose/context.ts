import { CONTROLS } from '../../controls/registry.ts';
import { type Plan, remediationId } from '../../domain/decision.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Tags } from '../../domain/group.ts';
import type { Message, Reason } from '../../domain/message.ts';
import type { AlertSettings } from '../../domain/policy.ts';

/** What a message depends on besides what it tells of: the cell it comes from, and how the policy has people told. */
export interface MessageContext {
  /** The cell's own: where news happened that name no other. */
  readonly account: string;
  readonly region: string;
  /** AWS's partition of the account and of all its regions, such as `aws` or `aws-eusc`. */
  readonly partition: string;
  /** Milliseconds since the epoch: when news are told. */
  readonly now: number;
  /** As people know the account. */
  readonly accountAlias?: string;
  readonly settings: Pick<AlertSettings, 'ownerTags' | 'docsUrl'>;
}

/**
 * Where each partition has its console. No table of the SDK has these hosts, and they do not follow from the DNS suffix. AWS publishes none
 * for the isolated partitions: a message has no link there rather than a wrong one.
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

/** Texts come from events and tags: a link is made of what is certainly an id, and of nothing else. */
const [REGION, GROUP, EVENT, STACK] = [
  /^[a-z]{2,4}(?:-[a-z]+){1,3}-\d$/,
  /^sg-[0-9a-f]{8,17}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:\d{12}:stack\/[A-Za-z0-9-]{1,128}\/[0-9a-f-]{36}$/,
];

type MessageLink = Message['links'][number];

/** Makes links to the console of one partition; none if its console is unknown. */
type LinkTo = (label: string, region: string, service: string, fragment: string) => readonly MessageLink[];

export function consoleLinks({ partition }: Pick<MessageContext, 'partition'>): LinkTo {
  return (label, region, service, fragment) => {
    const host = CONSOLES[partition];
    return host !== undefined && REGION.test(region)
      ? [{ label, url: `${host}/${service}/home?region=${region}#${fragment}` }]
      : [];
  };
}

/** The group in the console, and its timeline in AWS Config. */
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
 * Links to the group, its timeline in AWS Config, the CloudTrail event behind the change, and the stack that made the group. A link that is
 * not certain is left out: a sweep has an id of its own, which no CloudTrail event has.
 */
export function planLinks({ change, decision }: Plan, place: Pick<MessageContext, 'partition'>): Message['links'] {
  const linkTo = consoleLinks(place);
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

/** Reasons told one by one. */
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

/** Why, the same reason once; past 20, the controls tell the rest. */
export function reasonsOf(because: readonly Finding[], place: MessageContext): readonly Reason[] {
  const reasons = because.map((finding) => reasonOf(finding, place));
  return [
    ...new Map(reasons.map((reason) => [`${reason.control} ${reason.freshness} ${reason.text}`, reason])).values(),
  ].slice(0, MAX_REASONS);
}

/** Ids of the controls, each once. */
function controlsOf(because: readonly Pick<Finding, 'control'>[]): readonly string[] {
  return [...new Set(because.map(({ control }) => control))];
}

/** The command that tells about the main control, where no link does. */
export function explainSteps(
  because: readonly Pick<Finding, 'control'>[],
  { settings }: MessageContext,
): Message['ways'] {
  return settings.docsUrl === undefined
    ? controlsOf(because)
        .slice(0, 1)
        .map((control) => ({ label: 'About the control', command: `portcullis explain ${control}` }))
    : [];
}

/** What a message says of the case that it is about. */
type MessageSubject = Pick<
  Message,
  'thread' | 'account' | 'accountAlias' | 'region' | 'group' | 'owner' | 'controls' | 'remediationId' | 'links'
>;

/** Who answers for a group: the first of the policy's tags that is set. */
function ownerOf(tags: Tags, { settings }: MessageContext): string | undefined {
  return settings.ownerTags.map((key) => tags[key]).find((value) => value !== undefined && value !== '');
}

/** The account's alias, where the account is the cell's own. */
export function accountAliasOf(account: string, place: MessageContext): Pick<Message, 'accountAlias'> {
  return place.accountAlias !== undefined && account === place.account ? { accountAlias: place.accountAlias } : {};
}

/** Messages about a group are one incident: `111122223333/eu-west-1/sg-0…`. */
export function groupThread(account: string, region: string, groupId: string): string {
  return `${account}/${region}/${groupId}`;
}

/** Of a plan: its group, its place, its id, its controls and links. */
export function subjectOfPlan(plan: Plan, place: MessageContext): MessageSubject {
  const { account, region } = plan.change;
  const { group, findings: because } = plan.decision;
  const owner = ownerOf(group.tags, place);
  return {
    thread: groupThread(account, region, group.id),
    account,
    ...accountAliasOf(account, place),
    region,
    group: {
      id: group.id,
      name: group.name,
      ...(group.vpcId !== undefined && { vpcId: group.vpcId }),
      tags: group.tags,
    },
    ...(owner !== undefined && { owner }),
    controls: controlsOf(because),
    remediationId: remediationId(plan),
    links: planLinks(plan, place),
  };
}
