import type { Actor, Tool } from '../../domain/change.ts';
import { readIpv4, readIpv6 } from '../../network/cidr.ts';
import { asFields, type Fields, field, textField } from '../json.ts';
import { partOf, type TrailRecord } from './record.ts';

/**
 * Who made the call. `sourceIPAddress` may be a service name or "AWS Internal": these are left out.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function actorOf(record: TrailRecord): Actor {
  const identity = partOf(record, 'userIdentity');
  const type = textField(identity, 'type') ?? 'unknown';
  const arn = textField(identity, 'arn');
  const role = roleOf(identity);
  const name = nameOf(identity, type);
  const sourceIp = textField(record.fields, 'sourceIPAddress');
  const invokedBy = textField(identity, 'invokedBy');
  return {
    type,
    ...(arn === undefined ? {} : { arn }),
    ...(role === undefined ? {} : { role }),
    ...(name === undefined ? {} : { name }),
    ...(sourceIp === undefined || !isAddress(sourceIp) ? {} : { sourceIp }),
    tool: toolOf(record, identity, type),
    ...(invokedBy === undefined ? {} : { invokedBy }),
  };
}

/** The role of a session. The issuer of a user's session is the user. */
function roleOf(identity: Fields): string | undefined {
  const context = asFields(field(identity, 'sessionContext'));
  const issuer = context === undefined ? undefined : asFields(field(context, 'sessionIssuer'));
  const arn = issuer === undefined ? undefined : textField(issuer, 'arn');
  return arn?.includes(':role/') ? arn : undefined;
}

function nameOf(identity: Fields, type: string): string | undefined {
  return (
    textField(identity, 'userName') ??
    (sessionName(textField(identity, 'principalId')) || undefined) ??
    (type === 'Root' ? 'root' : undefined)
  );
}

function sessionName(principalId: string | undefined): string | undefined {
  const colon = principalId?.indexOf(':') ?? -1;
  return colon < 0 ? undefined : principalId?.slice(colon + 1);
}

function isAddress(text: string): boolean {
  return readIpv4(text) !== undefined || readIpv6(text) !== undefined;
}

/** Clues about the tool behind a call. */
interface ToolClues {
  readonly type: string;
  readonly invokedBy: string;
  readonly agent: string;
  readonly fromConsole: boolean;
}

/**
 * The first rule that applies decides. `invokedBy` comes before the userAgent, because CloudFormation may
 * have the userAgent "AWS Internal". The CLI comes before the console, because the CLI in CloudShell has
 * console credentials. The SDK comes last, because the console's servers use an SDK.
 */
const TOOL_RULES: readonly (readonly [tool: Tool, applies: (clues: ToolClues) => boolean])[] = [
  ['cloudformation', ({ invokedBy, agent }) => [invokedBy, agent].includes('cloudformation.amazonaws.com')],
  ['console', ({ invokedBy }) => invokedBy === 'signin.amazonaws.com'],
  ['aws-service', ({ invokedBy, type }) => invokedBy !== '' || type === 'AWSService'],
  ['terraform', ({ agent }) => /terraform\/|opentofu\//i.test(agent)],
  ['lambda', ({ agent }) => agent.includes('exec-env/AWS_Lambda_')],
  ['cli', ({ agent }) => agent.includes('aws-cli/')],
  ['console', ({ agent, fromConsole }) => fromConsole || /console\.|^signin\.amazonaws\.com$|^Mozilla\//.test(agent)],
  ['aws-service', ({ agent }) => agent.endsWith('.amazonaws.com')],
  ['sdk', ({ agent }) => /aws-sdk|boto3|botocore/i.test(agent)],
];

function toolOf(record: TrailRecord, identity: Fields, type: string): Tool {
  const flag = field(record.fields, 'sessionCredentialFromConsole');
  const clues = {
    type,
    invokedBy: textField(identity, 'invokedBy') ?? '',
    agent: textField(record.fields, 'userAgent') ?? '',
    fromConsole: flag === 'true' || flag === true,
  };
  return TOOL_RULES.find(([, applies]) => applies(clues))?.[0] ?? 'unknown';
}
