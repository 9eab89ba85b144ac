import type { Plan } from '../model/decision.ts';
import type { Message } from '../model/message.ts';
import { partitionOf } from '../model/partition.ts';

/** Where each partition has its console. @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const CONSOLES = {
  aws: 'https://console.aws.amazon.com',
  'aws-cn': 'https://console.amazonaws.cn',
  'aws-us-gov': 'https://console.amazonaws-us-gov.com',
} as const;

/** Texts come from events and tags: a link is made of what is certainly an id, and of nothing else. */
const [REGION, GROUP, EVENT, STACK] = [
  /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/,
  /^sg-[0-9a-f]{8,17}$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:\d{12}:stack\/[A-Za-z0-9-]{1,128}\/[0-9a-f-]{36}$/,
];

type Link = Message['links'][number];

const linkTo = (label: string, region: string, service: string, fragment: string): readonly Link[] =>
  REGION.test(region)
    ? [{ label, url: `${CONSOLES[partitionOf(region)]}/${service}/home?region=${region}#${fragment}` }]
    : [];

/** The group in the console, and its timeline in AWS Config. */
export const groupLinks = (region: string, id: string): readonly Link[] =>
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

const stackLink = (region: string, stackId: string | undefined): readonly Link[] =>
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
export const linksOf = ({ change, decision }: Plan): Message['links'] => {
  const { region, id, trigger } = change;
  const event =
    trigger !== 'sweep' && EVENT.test(id)
      ? linkTo('CloudTrail event', region, 'cloudtrailv2', `/events?EventId=${id}`)
      : [];
  return [
    ...groupLinks(region, decision.group.id),
    ...event,
    ...stackLink(region, decision.group.tags['aws:cloudformation:stack-id']),
  ];
};
