/** What an action is allowed on; the stack turns it into ARNs. `any`: EC2's describe calls and Lambda's list know no resources. */
export type Resource =
  | 'any'
  | 'security-group-rules'
  | 'ledger-table'
  | 'ledger-index'
  | 'notices-topic'
  | 'switch-parameter'
  | 'log-group'
  | 'failure-queue';

/** Actions on one kind of resource. */
export interface Grant {
  readonly actions: readonly string[];
  readonly on: Resource;
  /** What the call needs of the key, where the resource is encrypted with a customer's. */
  readonly key?: readonly string[];
}

const READ_RULES = ['ec2:DescribeSecurityGroupRules'];
const TABLE_KEY = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/**
 * What IAM must allow for each port method, with what the call needs besides itself. Functions are granted the methods they use and
 * nothing else; a test holds this table against the commands that the adapters send.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export const PERMISSIONS = {
  'groups.look': [
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
  // Apart from the look, whose `referencedBy` asks for it: the answer holds the environment variables of every function.
  'functions.list': [{ actions: ['lambda:ListFunctions'], on: 'any' }],
  'groups.revoke': [
    { actions: ['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress'], on: 'security-group-rules' },
    { actions: READ_RULES, on: 'any' },
  ],
  'ledger.reserve': [
    { actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'], on: 'ledger-table', key: TABLE_KEY },
  ],
  'ledger.settle': [{ actions: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], on: 'ledger-table', key: TABLE_KEY }],
  'ledger.entries': [{ actions: ['dynamodb:Query'], on: 'ledger-table', key: TABLE_KEY }],
  'ledger.unsettled': [{ actions: ['dynamodb:Query'], on: 'ledger-index', key: TABLE_KEY }],
  'notices.publish': [{ actions: ['sns:Publish'], on: 'notices-topic', key: ['kms:Decrypt', 'kms:GenerateDataKey*'] }],
  'switch.ceiling': [{ actions: ['ssm:GetParameter'], on: 'switch-parameter' }],
} as const satisfies Readonly<Record<string, readonly Grant[]>>;

/** A method of a port, as `port.method`. */
export type PortMethod = keyof typeof PERMISSIONS;

/** What Lambda itself does in a function's name: writes its log, and puts an event that failed for good into the failure queue. */
export const RUNTIME_PERMISSIONS = [
  { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], on: 'log-group' },
  { actions: ['sqs:SendMessage'], on: 'failure-queue', key: ['kms:Decrypt', 'kms:GenerateDataKey*'] },
] as const satisfies readonly Grant[];
