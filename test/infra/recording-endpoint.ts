import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A received request without the parts that depend on the time. */
export interface Recorded {
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MOMENTARY = new Set(['x-amz-date', 'amz-sdk-invocation-id', 'host', 'connection']);

/**
 * Date, signature, and the SDK's version, in which the CommonJS files are one release behind the ES modules.
 */
const MOMENTARY_PART = /\/\d{8}\/|Signature=\w+$|(?<=aws-sdk-js\/|api\/\w+#)3\.\d+\.\d+/g;

function xml(call: string, content: string) {
  return `<${call}Response><requestId>r</requestId>${content}</${call}Response>`;
}

const RULE = `<item><securityGroupRuleId>sgr-1</securityGroupRuleId><groupId>sg-1</groupId><isEgress>false</isEgress>
<ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>`;

const CIDR = '<cidrIpv4>0.0.0.0/0</cidrIpv4>';

/** The answer to each call, with the fields that the adapters read. */
const ANSWERS: Readonly<Record<string, string>> = {
  DescribeSecurityGroups: xml(
    'DescribeSecurityGroups',
    '<securityGroupInfo><item><groupId>sg-1</groupId><groupName>wéb</groupName><tagSet><item><key>a</key><value>&lt;b&gt;</value></item></tagSet></item></securityGroupInfo>',
  ),
  DescribeSecurityGroupRules: xml(
    'DescribeSecurityGroupRules',
    `<securityGroupRuleSet>${RULE}${CIDR}</item>${RULE.replace('sgr-1', 'sgr-2')}<prefixListId>pl-1</prefixListId></item></securityGroupRuleSet>`,
  ),
  DescribeNetworkInterfaces: xml(
    'DescribeNetworkInterfaces',
    '<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><groupSet><item><groupId>sg-1</groupId></item></groupSet></item></networkInterfaceSet>',
  ),
  GetManagedPrefixListEntries: xml(
    'GetManagedPrefixListEntries',
    '<entrySet><item><cidr>192.0.2.0/24</cidr></item></entrySet>',
  ),
  RevokeSecurityGroupIngress: xml(
    'RevokeSecurityGroupIngress',
    `<return>true</return><revokedSecurityGroupRuleSet>${RULE}${CIDR}</item></revokedSecurityGroupRuleSet>`,
  ),
  RevokeSecurityGroupEgress: xml(
    'RevokeSecurityGroupEgress',
    `<return>true</return><revokedSecurityGroupRuleSet>${RULE}${CIDR}</item></revokedSecurityGroupRuleSet>`,
  ),
  Publish: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
  GetParameter: JSON.stringify({
    Parameter: {
      Value: JSON.stringify({ mode: 'alert', until: '2999-01-01T00:00:00Z', reason: 'test' }),
      // An hour ago, in seconds since the epoch, because a switch lasts for at most 12 hours.
      LastModifiedDate: 32_472_140_400,
    },
  }),
  PutItem: '{}',
  UpdateItem: '{}',
  Query: '{"Items":[]}',
  BatchGetItem:
    '{"Responses":{"ledger":[{"subject":{"S":"sg-1"},"record":{"S":"group"},"contents":{"SS":["a","b"]}}]}}',
  Invoke: '{}',
};

function callOf(request: IncomingMessage, body: string): string {
  return (
    /^Action=(\w+)/.exec(body)?.[1] ??
    String(request.headers['x-amz-target']).split('.')[1] ??
    (request.url?.endsWith('/invocations') ? 'Invoke' : '')
  );
}

function stable(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      MOMENTARY.has(name) ? [] : [[name, String(value).replace(MOMENTARY_PART, '')]],
    ),
  );
}

async function answer(request: IncomingMessage, response: ServerResponse, seen: Recorded[]): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  seen.push({ request: `${request.method} ${request.url}`, headers: stable(request.headers), body });
  const known = ANSWERS[callOf(request, body)];
  response.writeHead(known === undefined ? 400 : 200, {
    'content-type': known?.startsWith('<') ? 'text/xml' : 'application/json',
  });
  response.end(known ?? `{"__type":"Unexpected","message":"${callOf(request, body)}"}`);
}

/** Starts an endpoint on loopback that records every request and gives each call a fixed answer. */
export async function recordingEndpoint() {
  const seen: Recorded[] = [];
  const server = createServer((request, response) => void answer(request, response, seen));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the endpoint listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    /**
     * The requests since the last call, in an order that does not depend on the order of parallel requests.
     */
    take: (): readonly Recorded[] => seen.splice(0).toSorted((a, b) => a.body.localeCompare(b.body)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
