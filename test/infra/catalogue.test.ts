import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleFunction, entryPointsIn, ROOT } from '../../infra/build/bundle.ts';
import { eventMatches } from '../../infra/local/delivery/event-pattern.ts';
import { resourcesOf, templateOf } from '../../infra/synthesize.ts';
import { CONTROLS, EVENT_PATTERNS, FUNCTIONS, ofRegions, PERMISSIONS } from '../../shared/catalogue.ts';
import { CLOUDTRAIL_CALLS, type CloudTrailCall } from '../../shared/events/cloudtrail/calls.ts';

function matches(candidate: object): boolean {
  return Object.values(EVENT_PATTERNS).some((pattern) => eventMatches(pattern, candidate));
}

const CALL_TRIGGERS = Object.entries(CLOUDTRAIL_CALLS).flatMap(([service, calls]) =>
  Object.entries(calls)
    .map(([name, { trigger }]: [string, CloudTrailCall]) => [service, name, trigger] as const)
    .filter(([, , trigger]) => trigger !== 'tagged'),
);

function tagging(eventName: string, resourceIds: readonly string[], keys: readonly string[]) {
  return event(IDENTITIES.IAMUser, {
    eventName,
    requestParameters: {
      resourcesSet: { items: resourceIds.map((resourceId) => ({ resourceId })) },
      tagSet: keys.length === 0 ? {} : { items: keys.map((key) => ({ key, value: 'x' })) },
    },
  });
}

const IDENTITIES = {
  IAMUser: { type: 'IAMUser', userName: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', accountId: '111122223333' },
  Root: { type: 'Root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' },
  AssumedRole: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann',
    sessionContext: { sessionIssuer: { type: 'Role', userName: 'ops' } },
  },
  AWSService: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' },
  AWSAccount: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' },
};

function event(userIdentity: object, detail: object = {}, envelope: object = {}) {
  return {
    version: '0',
    id: '00000000-0000-0000-0000-000000000000',
    source: 'aws.ec2',
    'detail-type': 'AWS API Call via CloudTrail',
    account: '111122223333',
    region: 'eu-central-1',
    ...envelope,
    detail: {
      eventVersion: '1.09',
      userIdentity,
      eventSource: 'ec2.amazonaws.com',
      eventName: 'AuthorizeSecurityGroupIngress',
      requestParameters: { groupId: 'sg-1' },
      responseElements: { _return: true },
      ...detail,
    },
  };
}

describe('the event pattern', () => {
  it.each(Object.entries(IDENTITIES))('matches a change by %s', (_type, identity) => {
    expect(matches(event(identity))).toBe(true);
  });

  it.each(Object.entries(IDENTITIES))(
    'does not match a failed call by %s, which changed nothing',
    (_type, identity) => {
      const failed = { errorCode: 'Client.UnauthorizedOperation', responseElements: null };
      expect(matches(event(identity, failed))).toBe(false);
    },
  );

  it.each(CALL_TRIGGERS)(
    'of %s matches %s exactly if a control uses its trigger',
    (eventSource, eventName, trigger) => {
      const wanted = CONTROLS.some((control) => control.on.includes(trigger));
      const source = `aws.${eventSource.split('.')[0]}`;
      expect(matches(event(IDENTITIES.Root, { eventSource, eventName }, { source }))).toBe(wanted);
      expect(matches(event(IDENTITIES.Root, { eventSource, eventName }, { source: 'aws.s3' }))).toBe(false);
    },
  );

  it.each([
    ['CreateTags', ['sg-1'], ['Name', 'portcullis:exempt-until']],
    ['CreateTags', ['i-1', 'sgr-1'], ['portcullis:reason']],
    ['DeleteTags', ['sgr-1'], ['portcullis:exempt-until']],
    ['DeleteTags', ['sg-1'], []],
  ] as const)('matches %s of %j with the tags %j', (call, resources, keys) => {
    expect(matches(tagging(call, resources, keys))).toBe(true);
  });

  it.each([
    ['CreateTags', ['sg-1'], ['Name']],
    ['CreateTags', ['i-1', 'vpc-1'], ['portcullis:exempt-until']],
    ['DeleteTags', ['sg-1'], ['Name']],
    ['DeleteTags', ['i-1'], []],
  ] as const)('does not match %s of %j with the tags %j', (call, resources, keys) => {
    expect(matches(tagging(call, resources, keys))).toBe(false);
  });

  it('does not match other calls, other services and other kinds of event', () => {
    expect(matches(event(IDENTITIES.Root, { eventName: 'DescribeSecurityGroups' }))).toBe(false);
    expect(matches(event(IDENTITIES.Root, { eventSource: 'rds.amazonaws.com' }))).toBe(false);
    expect(matches(event(IDENTITIES.Root, {}, { 'detail-type': 'EC2 Instance State-change Notification' }))).toBe(
      false,
    );
    expect(matches(event(IDENTITIES.Root, {}, { source: 'my.app' }))).toBe(false);
  });

  it.each(Object.entries(EVENT_PATTERNS))(
    '%s is short enough for EventBridge with 40 regions, and the stack contains it for its region',
    (_name, one) => {
      const regions = Array.from({ length: 40 }, () => 'ap-southeast-1');
      expect(JSON.stringify(ofRegions(one, regions)).length).toBeLessThanOrEqual(2048);
      const deployed = resourcesOf(templateOf(), 'AWS::Events::Rule').map(
        ({ Properties }) => Properties['EventPattern'],
      );
      expect(deployed).toContainEqual(ofRegions(one, [{ Ref: 'AWS::Region' }]));
    },
  );
});

const PORTS = [...new Set(Object.keys(PERMISSIONS).map((method) => method.split('.')[0]))];

/** A call of a port's method. */
const CALLS = new RegExp(`(ports\\.)?\\b(register|${PORTS.join('|')})(?:\\(\\w+\\))?\\??\\.(\\w+)\\(`, 'g');

/** The register is the ledger and more: its methods are granted under the name that both have. */
function methodOf(port: string, method: string): string {
  return port === 'register' && `ledger.${method}` in PERMISSIONS ? `ledger.${method}` : `${port}.${method}`;
}

/** What a look asks for by itself, where a function's look is made to, and a notice. */
const BEHIND_OTHERS: ReadonlySet<string> = new Set(['functions.list', 'account.alias']);

/** A list of exemptions has a `find` of its own. */
function isOfList(port: string, method: string, prefix: string | undefined): boolean {
  return port === 'exemptions' && method === 'find' && prefix === undefined;
}

/** The same where the method is taken out of its port first. */
const TAKEN = new RegExp(`const \\{ ([\\w, ]+) \\} = (?:\\w+\\.)*(register|${PORTS.join('|')})\\b`, 'g');

function methodsIn(file: string): readonly string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const called = Array.from(text.matchAll(CALLS), ([, prefix, port = '', method = '']) =>
    isOfList(port, method, prefix) ? '' : methodOf(port, method),
  );
  const taken = Array.from(text.matchAll(TAKEN), ([, methods = '', port = '']) =>
    methods.split(', ').map((method) => methodOf(port, method)),
  );
  return [...called, ...taken.flat()].filter((name) => name in PERMISSIONS);
}

describe.each(Object.values(FUNCTIONS))('the catalogue, of $name', ({ name, folder, uses }) => {
  const directory = mkdtempSync(path.join(tmpdir(), `portcullis-${name}-`));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('lists exactly the port methods that its code calls', async () => {
    const { outputs } = await bundleFunction(entryPointsIn(folder), directory);
    const sources = Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    );
    const own = new Set(
      sources.filter((file) => /^(shared\/(remediation|workflows|actions|notifications)|functions)\//.test(file)),
    );
    const granted = uses.filter((method) => !BEHIND_OTHERS.has(method));
    expect([...new Set([...own].flatMap(methodsIn))].toSorted()).toEqual(granted.toSorted());
  });
});

describe('the catalogue', () => {
  it('imports neither the SDK nor CDK', async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: ['shared/catalogue.ts'],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
    });
    expect(Object.keys(metafile.inputs).filter((file) => file.includes('node_modules'))).toEqual([]);
  });
});
