import type { Plan } from '../../domain/decision.ts';
import type { Message } from '../../domain/notifications/message.ts';
import type { Place } from './place.ts';

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

type Link = Message['links'][number];

/** Makes links to the console of one partition; none if its console is unknown. */
type LinkTo = (label: string, region: string, service: string, fragment: string) => readonly Link[];

export const linksIn =
  ({ partition }: Pick<Place, 'partition'>): LinkTo =>
  (label, region, service, fragment) => {
    const host = CONSOLES[partition];
    return host !== undefined && REGION.test(region)
      ? [{ label, url: `${host}/${service}/home?region=${region}#${fragment}` }]
      : [];
  };

/** The group in the console, and its timeline in AWS Config. */
export const groupLinks = (region: string, id: string, linkTo: LinkTo): readonly Link[] =>
  GROUP.test(id)
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

const stackLink = (region: string, stackId: string | undefined, linkTo: LinkTo): readonly Link[] =>
  stackId !== undefined && STACK.test(stackId)
    ? linkTo(
        'CloudFormation stack',
        region,
        'cloudformation',
        `/stacks/stackinfo?stackId=${encodeURIComponent(stackId)}`,
      )
    : [];

/**
 * Links to the group, its timeline in AWS Config, the CloudTrail event behind the change, and the stack that made the group. A link that is
 * not certain is left out: a sweep has an id of its own, which no CloudTrail event has.
 */
export const linksOf = ({ change, decision }: Plan, place: Pick<Place, 'partition'>): Message['links'] => {
  const linkTo = linksIn(place);
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
};
