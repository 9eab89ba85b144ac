import { CANARY_TAG } from '../../domain/canary.ts';
import { REPLACEMENT_TAG } from '../../domain/ec2.ts';
import { ACTIONS } from './dynamodb/keys.ts';

/**
 * The resource of a grant, which the stack turns into ARNs. `any`: calls for which IAM defines no resource.
 */
export type Resource =
  | 'any'
  | 'security-group-rules'
  | 'new-groups'
  | 'vpcs'
  | 'interfaces'
  | 'change-requests'
  | 'schedule-requests'
  | 'grant-requests'
  | 'action-function'
  | 'ledger-table'
  | 'current-index'
  | 'due-index'
  | 'history-index'
  | 'notices-topic'
  | 'chat-topic'
  | 'alerts-secret'
  | 'alert-queue'
  | 'undelivered-alerts'
  | 'event-bus'
  | 'security-hub-product'
  | 'switch-parameter'
  | 'log-group'
  | 'failure-queue';

/** Conditions of a grant as IAM writes them: by operator and key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Actions on one kind of resource. */
export interface Grant {
  readonly actions: readonly string[];
  readonly on: Resource;
  readonly when?: Conditions;
  /** KMS actions that the call needs if the resource is encrypted with a customer's key. */
  readonly key?: readonly string[];
}

const READ_RULES = ['ec2:DescribeSecurityGroupRules'];
const TABLE_KEY = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

function onTable(...actions: readonly string[]): Grant {
  return { actions, on: 'ledger-table', key: TABLE_KEY };
}

/**
 * Actions on some partitions of the table only.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function inPartitions(partitions: readonly string[], ...actions: readonly string[]): Grant {
  return {
    ...onTable(...actions),
    when: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  };
}

/**
 * on-alert and on-action process input from outside, so they may write only their own part of the ledger. An
 * attacker who takes one over can write no exemption and change no remediation. A message's thread begins
 * with the account id; action requests have a partition of their own.
 */
function onThreads(...actions: readonly string[]): Grant {
  return inPartitions(['????????????', '????????????/*'], ...actions);
}
function onPresses(...actions: readonly string[]): Grant {
  return inPartitions([ACTIONS], ...actions);
}

function inIndex(on: Resource): Grant {
  return { actions: ['dynamodb:Query'], on, key: TABLE_KEY };
}
const QUERY_CURRENT = inIndex('current-index');
const QUERY_DUE = inIndex('due-index');
const QUERY_HISTORY = inIndex('history-index');

/**
 * Allows setting tags only in the call that creates the resource.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
function tagsOn(on: Resource, ...calls: readonly string[]): Grant {
  return {
    actions: ['ec2:CreateTags'],
    on,
    when: { StringEquals: { 'ec2:CreateAction': calls } },
  };
}

/**
 * Requires a new group to have the tag of a replacement or of the canary. The other tags stay open, because a
 * replacement carries the tags of the group that it replaces. EC2 has `aws:TagKeys` for the new group, but
 * not for its VPC: the VPC needs a grant of its own.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (CreateSecurityGroup)
 */
const WITH_OWN_TAG: Conditions = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': [REPLACEMENT_TAG, CANARY_TAG] } };

/**
 * Refuses every attribute of an interface that `ec2:Attribute` can name, so that on-grant changes groups
 * only. AWS documents the key for properties with one plain value; `Groups` is a list, and a condition that
 * required it could refuse every migration.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policies-for-amazon-ec2.html#attribute-key
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 */
const NO_OTHER_ATTRIBUTE: Conditions = {
  StringNotEqualsIgnoreCase: {
    'ec2:Attribute': ['AssociatePublicIpAddress', 'Description', 'EnablePrimaryIpv6', 'SourceDestCheck'],
  },
};

const ON_REPLACEMENT: Conditions = { Null: { [`aws:ResourceTag/${REPLACEMENT_TAG}`]: 'false' } };

const ON_CANARY: Conditions = { Null: { [`aws:ResourceTag/${CANARY_TAG}`]: 'false' } };

const NOTICE: Grant = { actions: ['sns:Publish'], on: 'notices-topic', key: ['kms:Decrypt', 'kms:GenerateDataKey*'] };
const INVOKE_GRANT: Grant = { actions: ['lambda:InvokeFunction'], on: 'grant-requests' };
const INVOKE_CHANGE: Grant = { actions: ['lambda:InvokeFunction'], on: 'change-requests' };

/**
 * What IAM must allow for each port method. Functions are granted the methods that they use and nothing else.
 * A test compares this table with the commands that the adapters send.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export const PERMISSIONS = {
  'groups.fetchSnapshot': [
    {
      actions: [
        'ec2:DescribeSecurityGroups',
        ...READ_RULES,
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRouteTables',
        'ec2:DescribeVpcs',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:DescribeSecurityGroupReferences',
        'ec2:GetManagedPrefixListEntries',
        'ec2:DescribeManagedPrefixLists',
      ],
      on: 'any',
    },
  ],
  'census.page': [
    {
      actions: ['ec2:DescribeSecurityGroups', 'ec2:GetManagedPrefixListEntries', 'ec2:DescribeManagedPrefixLists'],
      on: 'any',
    },
  ],
  'networks.cidrs': [{ actions: ['ec2:DescribeVpcs'], on: 'any' }],
  'sweepQueue.continueSweep': [{ actions: ['lambda:InvokeFunction'], on: 'schedule-requests' }],
  // Separate from fetchSnapshot: the answer has the environment variables of every function.
  'functions.list': [{ actions: ['lambda:ListFunctions'], on: 'any' }],
  'groups.revoke': [
    { actions: ['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress'], on: 'security-group-rules' },
    { actions: READ_RULES, on: 'any' },
  ],
  'grants.authorize': [
    {
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupEgress'],
      on: 'security-group-rules',
    },
    tagsOn('security-group-rules', 'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress'),
    { actions: READ_RULES, on: 'any' },
  ],
  'grants.createGroup': [
    { actions: ['ec2:CreateSecurityGroup'], on: 'vpcs' },
    { actions: ['ec2:CreateSecurityGroup'], on: 'new-groups', when: WITH_OWN_TAG },
    tagsOn('new-groups', 'CreateSecurityGroup'),
    // A new group allows all outbound traffic. on-grant may remove that rule from its own groups only.
    { actions: ['ec2:RevokeSecurityGroupEgress'], on: 'security-group-rules', when: ON_REPLACEMENT },
    { actions: ['ec2:RevokeSecurityGroupEgress'], on: 'security-group-rules', when: ON_CANARY },
    { actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeNetworkInterfaces', ...READ_RULES], on: 'any' },
  ],
  'grants.deleteGroup': [{ actions: ['ec2:DeleteSecurityGroup'], on: 'security-group-rules', when: ON_REPLACEMENT }],
  'grants.attach': [{ actions: ['ec2:ModifyNetworkInterfaceAttribute'], on: 'interfaces', when: NO_OTHER_ATTRIBUTE }],
  'vpcs.defaultVpcId': [{ actions: ['ec2:DescribeVpcs'], on: 'any' }],
  'grantQueue.requestGrants': [INVOKE_GRANT],
  'canaryQueue.requestMarker': [INVOKE_GRANT],
  'reevaluation.requestApproved': [INVOKE_CHANGE],
  'reevaluation.requestEvaluation': [INVOKE_CHANGE],
  'reevaluation.requestRevokeOfGrants': [INVOKE_CHANGE],
  'reevaluation.requestReplay': [INVOKE_CHANGE],
  // IAM defines no resource for CloudTrail's event history.
  'trail.findChange': [{ actions: ['cloudtrail:LookupEvents'], on: 'any' }],
  'confirmations.add': [onTable('dynamodb:PutItem')],
  'confirmations.pending': [onTable('dynamodb:Query')],
  'confirmations.remove': [onTable('dynamodb:DeleteItem')],
  'ledger.reserve': [onTable('dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem')],
  'ledger.find': [onTable('dynamodb:Query')],
  'ledger.settle': [onTable('dynamodb:UpdateItem', 'dynamodb:GetItem')],
  'ledger.entries': [onTable('dynamodb:Query')],
  'ledger.stateOf': [QUERY_CURRENT],
  'ledger.recordStep': [onTable('dynamodb:PutItem')],
  'ledger.findById': [QUERY_HISTORY, onTable('dynamodb:Query')],
  'ledger.newest': [QUERY_HISTORY, onTable('dynamodb:Query')],
  'ledger.waiting': [QUERY_DUE, onTable('dynamodb:Query')],
  'ledger.withOpenAnswer': [QUERY_DUE, onTable('dynamodb:Query')],
  'ledger.completeAnswer': [onTable('dynamodb:PutItem', 'dynamodb:UpdateItem')],
  'ledger.abandoned': [QUERY_DUE, onTable('dynamodb:Query')],
  'ledger.recordAnswer': [onTable('dynamodb:UpdateItem', 'dynamodb:GetItem')],
  'ledger.recordGrant': [onTable('dynamodb:PutItem')],
  'budget.spend': [onTable('dynamodb:GetItem', 'dynamodb:UpdateItem')],
  'budget.resume': [onTable('dynamodb:UpdateItem')],
  'exemptions.active': [QUERY_CURRENT],
  'exemptions.all': [QUERY_HISTORY],
  'exemptions.find': [QUERY_HISTORY, onTable('dynamodb:GetItem')],
  'exemptions.put': [onTable('dynamodb:PutItem')],
  'episodes.record': [onTable('dynamodb:PutItem')],
  'episodes.of': [onTable('dynamodb:Query')],
  'records.get': [onTable('dynamodb:BatchGetItem')],
  'records.begin': [onTable('dynamodb:UpdateItem')],
  'records.change': [onTable('dynamodb:UpdateItem')],
  'records.scheduleRecheck': [onTable('dynamodb:UpdateItem')],
  'records.dueForRecheck': [QUERY_DUE, onTable('dynamodb:BatchGetItem')],
  'records.completeRecheck': [onTable('dynamodb:UpdateItem')],
  'deliveries.claim': [onThreads('dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:PutItem')],
  'deliveries.posted': [onThreads('dynamodb:UpdateItem', 'dynamodb:PutItem')],
  'deliveries.delivered': [onThreads('dynamodb:UpdateItem', 'dynamodb:PutItem')],
  'deliveries.release': [onThreads('dynamodb:UpdateItem')],
  'undelivered.take': [{ actions: ['sqs:ReceiveMessage'], on: 'undelivered-alerts', key: ['kms:Decrypt'] }],
  'undelivered.done': [{ actions: ['sqs:DeleteMessage'], on: 'undelivered-alerts' }],
  'secrets.read': [{ actions: ['secretsmanager:GetSecretValue'], on: 'alerts-secret', key: ['kms:Decrypt'] }],
  'bursts.admit': [onTable('dynamodb:UpdateItem', 'dynamodb:PutItem', 'dynamodb:GetItem')],
  'bursts.finished': [QUERY_DUE, onTable('dynamodb:Query', 'dynamodb:UpdateItem')],
  'bursts.remove': [onTable('dynamodb:UpdateItem')],
  'notifier.publish': [NOTICE],
  'notifier.notify': [NOTICE],
  // IAM defines no resource for the alias.
  'account.alias': [{ actions: ['iam:ListAccountAliases'], on: 'any' }],
  // The topic of Amazon Q, if the cell has one.
  'notifier.chat': [{ ...NOTICE, on: 'chat-topic' }],
  // The event bus. Security Hub needs `findings.import`, too.
  'findings.publish': [{ actions: ['events:PutEvents'], on: 'event-bus' }],
  'findings.import': [{ actions: ['securityhub:BatchImportFindings'], on: 'security-hub-product' }],
  // IAM defines no resource for an evaluation or for the history of a group.
  'compliance.put': [{ actions: ['config:PutEvaluations'], on: 'any' }],
  'compliance.itemAt': [{ actions: ['config:GetResourceConfigHistory'], on: 'any' }],
  'actions.record': [onPresses('dynamodb:PutItem')],
  'actions.find': [onPresses('dynamodb:GetItem')],
  'actions.claim': [onPresses('dynamodb:UpdateItem', 'dynamodb:GetItem')],
  'actions.complete': [onPresses('dynamodb:UpdateItem', 'dynamodb:DeleteItem')],
  'worker.later': [{ actions: ['lambda:InvokeFunction'], on: 'action-function' }],
  'grant.obey': [{ actions: ['lambda:InvokeFunction'], on: 'grant-requests' }],
  // IAM defines ARNs for recorders by name; the call lists all of them.
  'recorders.list': [
    { actions: ['config:DescribeConfigurationRecorders', 'config:DescribeConfigurationRecorderStatus'], on: 'any' },
  ],
  // GetCallerIdentity needs no permission, and uses the caller's signature.
  'callers.verify': [],
  // A SecureString under a customer's key needs that key; under AWS's own key it needs nothing more.
  'runtimeSwitch.ceiling': [{ actions: ['ssm:GetParameter'], on: 'switch-parameter', key: ['kms:Decrypt'] }],
} as const satisfies Readonly<Record<string, readonly Grant[]>>;

/**
 * What Lambda does with the role of a function that a queue invokes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export const FED_PERMISSIONS = [
  {
    actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    on: 'alert-queue',
    key: ['kms:Decrypt'],
  },
] as const satisfies readonly Grant[];

/** A method of a port, as `port.method`. */
export type PortMethod = keyof typeof PERMISSIONS;

/**
 * What Lambda does with the role of every function: it writes the log, and puts failed events into the
 * failure queue.
 */
export const RUNTIME_PERMISSIONS = [
  { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: 'log-group' },
  { actions: ['sqs:SendMessage'], on: 'failure-queue', key: ['kms:Decrypt', 'kms:GenerateDataKey*'] },
] as const satisfies readonly Grant[];
