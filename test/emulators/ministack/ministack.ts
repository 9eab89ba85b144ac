import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORWARDER_PARAMETERS } from '../../../infra/stack/forwarder/template.ts';
import type { Resource, Template } from '../../../infra/synthesize.ts';
import { type ChildServer, startChildServer } from '../../child-server.ts';
import { stackSetTemplate, withoutReferences } from '../assembly.ts';
import { ACCOUNT, programEnvironment, REGION } from '../surroundings.ts';

/** Settings of MiniStack and of its functions. */
export interface MiniStackOptions {
  readonly python: string;
  /** Folder for temporary files and the log. */
  readonly scratch: string;
  /** Environment variables for MiniStack and all its functions. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The log of MiniStack itself, in the scratch folder. */
export const LOG = 'ministack.log';

/** Starts MiniStack on a free port of 127.0.0.1. */
export async function startMiniStack({ python, scratch, environment }: MiniStackOptions): Promise<ChildServer> {
  const server = await startChildServer({
    name: 'MiniStack',
    program: python,
    commandFor: (port) => ({
      args: [path.join(import.meta.dirname, 'launch.py')],
      env: programEnvironment(scratch, {
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        MINISTACK_REGION: REGION,
        ...environment,
      }),
    }),
    readyPath: '/_ministack/health',
    log: path.join(scratch, LOG),
  });
  return {
    endpoint: server.endpoint,
    async stop() {
      try {
        // Ends the processes of the functions.
        await fetch(`${server.endpoint}/_ministack/reset`, { method: 'POST' });
      } finally {
        await server.stop();
      }
    },
  };
}

/** Calls MiniStack's CloudFormation, which checks no signatures. Returns its XML. */
async function cloudFormation(
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  region = REGION,
): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${region}/cloudformation/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Version: '2010-05-15', ...parameters }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`MiniStack's CloudFormation: ${parameters['Action']}: ${text}`);
  return text;
}

function valuesOf(xml: string, element: string): readonly string[] {
  return Array.from(xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g')), ([, value = '']) => value);
}

/** Physical ids of a stack's resources, by logical id. */
export async function physicalIds(endpoint: string, stack: string): Promise<Readonly<Record<string, string>>> {
  const answer = await cloudFormation(endpoint, { Action: 'DescribeStackResources', StackName: stack });
  const [logical, physical] = [valuesOf(answer, 'LogicalResourceId'), valuesOf(answer, 'PhysicalResourceId')];
  return Object.fromEntries(logical.map((id, i) => [id, physical[i] ?? '']));
}

/** Creates a stack. Resolves with its final status, such as `CREATE_COMPLETE`. */
async function createStack(
  endpoint: string,
  parameters: Readonly<Record<string, string>> & { readonly StackName: string },
  region = REGION,
): Promise<string> {
  await cloudFormation(endpoint, { Action: 'CreateStack', ...parameters }, region);
  for (;;) {
    const { StackName } = parameters;
    const described = await cloudFormation(endpoint, { Action: 'DescribeStacks', StackName }, region);
    const [status = ''] = valuesOf(described, 'StackStatus');
    if (/_(?:COMPLETE|FAILED)$/.test(status)) return status;
    await sleep(20);
  }
}

/**
 * Deploys the forwarder of a cell's StackSet into another region as a stack, because MiniStack accepts a
 * StackSet but creates nothing. Resolves with the stack's final status.
 *
 * @param cell name of the deployed stack that has the StackSet.
 * @param template of the cell's stack.
 */
export async function deployForwarder(
  endpoint: string,
  { cell, template, region }: { readonly cell: string; readonly template: Template; readonly region: string },
): Promise<string> {
  const ofCell = Object.entries(await physicalIds(endpoint, cell));
  const [, sender = ''] = ofCell.find(([logicalId]) => logicalId.startsWith('ForwarderRole')) ?? [];
  const values = {
    [FORWARDER_PARAMETERS.homeBus]: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`,
    [FORWARDER_PARAMETERS.role]: `arn:aws:iam::${ACCOUNT}:role/${sender}`,
  };
  const parameters = Object.entries(values).flatMap(([key, value], i) => [
    [`Parameters.member.${i + 1}.ParameterKey`, key],
    [`Parameters.member.${i + 1}.ParameterValue`, value],
  ]);
  const TemplateBody = JSON.stringify(stackSetTemplate(template));
  const StackName = `StackSet-${cell}-forwarders`;
  return await createStack(endpoint, { StackName, TemplateBody, ...Object.fromEntries(parameters) }, region);
}

/**
 * MiniStack's reason for not deploying a resource; undefined if it is deployed. The resource is deployed
 * alone, in a stack with this name.
 */
export async function refusalOf(endpoint: string, stack: string, resource: Resource): Promise<string | undefined> {
  const { Type, Properties } = resource;
  const TemplateBody = JSON.stringify({ Resources: { Probe: { Type, Properties: withoutReferences(Properties) } } });
  await createStack(endpoint, { StackName: stack, TemplateBody, DisableRollback: 'true' });
  const events = await cloudFormation(endpoint, { Action: 'DescribeStackEvents', StackName: stack });
  const failed = events
    .split('<member>')
    .find((event) => event.includes('CREATE_FAILED') && valuesOf(event, 'LogicalResourceId')[0] === 'Probe');
  return failed === undefined ? undefined : valuesOf(failed, 'ResourceStatusReason')[0];
}

/** Number of messages in each queue of the account, by queue name. */
export async function queuedMessages(endpoint: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${endpoint}/_ministack/sqs/messages`);
  const answer = (await response.json()) as { messages: Record<string, Record<string, Record<string, unknown[]>>> };
  const regions = Object.values(answer.messages[ACCOUNT] ?? {});
  return Object.fromEntries(
    regions.flatMap((queues) =>
      Object.entries(queues).map(([url, messages]) => [path.posix.basename(url), messages.length] as const),
    ),
  );
}

const LOGS = { name: 'logs', type: 'application/x-amz-json-1.1', target: 'Logs_20140328' };
const DYNAMODB = { name: 'dynamodb', type: 'application/x-amz-json-1.0', target: 'DynamoDB_20120810' };

async function callJson(
  endpoint: string,
  { name, type, target }: typeof LOGS,
  operation: string,
  input: object,
): Promise<Record<string, readonly unknown[]>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-amz-target': `${target}.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/${name}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Record<string, readonly unknown[]>;
}

/**
 * Attributes of an item that MiniStack returns for a query of a keys-only local index with the ledger's keys,
 * although the query asks for all attributes. Sorted by name.
 */
export async function attributesOfLocalIndex(endpoint: string): Promise<readonly string[]> {
  const names = ['subject', 'record', 'current'];
  const [TableName, subject] = ['LocalIndexProbe', { S: 'sg-1' }];
  const keys = (sortKey: string) => [
    { AttributeName: 'subject', KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
  await callJson(endpoint, DYNAMODB, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys('record'),
    LocalSecondaryIndexes: [
      { IndexName: 'current', KeySchema: keys('current'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  });
  const Item = { subject, record: { S: 'exemption' }, current: { S: 'exemption' }, text: { S: 'more' } };
  await callJson(endpoint, DYNAMODB, 'PutItem', { TableName, Item });
  const { Items = [] } = await callJson(endpoint, DYNAMODB, 'Query', {
    TableName,
    IndexName: 'current',
    Select: 'ALL_ATTRIBUTES',
    KeyConditionExpression: 'subject = :subject',
    ExpressionAttributeValues: { ':subject': subject },
  });
  return Object.keys(Object(Items[0])).toSorted((a, b) => a.localeCompare(b));
}

/** Every line in the log groups of the account. */
export async function loggedLines(endpoint: string): Promise<readonly string[]> {
  const { logGroups = [] } = await callJson(endpoint, LOGS, 'DescribeLogGroups', {});
  const lines = (logGroups as readonly { logGroupName: string }[]).map(async ({ logGroupName }) => {
    const { events = [] } = await callJson(endpoint, LOGS, 'FilterLogEvents', { logGroupName });
    return (events as readonly { message: string }[]).map(({ message }) => message);
  });
  return (await Promise.all(lines)).flat();
}
