import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { EventBridgeClient, type EventBridgeClientConfig, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ROOT } from '../../../infra/build/bundle.ts';
import { startSlack } from '../../../infra/local/fakes/slack/slack.ts';
import type { TrailEvent } from '../../../infra/local/services/cloudtrail/trail.ts';
import { createDefaultVpc } from '../../../infra/local/services/ec2/vpcs.ts';
import { type LocalAccount, startLocalAccount } from '../../../infra/local/start.ts';
import type { Principals } from '../../../infra/local/state/principals.ts';
import { sendCommand } from '../../../shared/adapters/aws/lambda.ts';
import type { RemediationSummary } from '../../../shared/domain/command.ts';
import { type Ended, endOf } from '../../run-program.ts';
import { ACCOUNT, OTHER_REGION, programEnvironment, REGION, SECOND } from '../surroundings.ts';
import { deployer } from './cdk.ts';
import { LOG, startMiniStack } from './ministack.ts';

const ALICE = 'AKIAEXAMPLEALICE0000';

const PRINCIPALS: Principals = {
  [ALICE]: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Developer/alice@example.com`,
    name: 'alice@example.com',
  },
  // MiniStack gives every function the account's id as its access key.
  [ACCOUNT]: { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Portcullis/function`, name: 'function' },
};

const CHANNEL = 'C0123456789';

/** Maximum wait in ms before the suite gives up. Measured times are far below. */
const PATIENCE_MS = 60_000;

/**
 * Puts every CloudTrail event of the embedded account on the event bus of its region. Records the answers
 * that report a failure.
 */
function forwardEvents(local: LocalAccount, settings: Omit<EventBridgeClientConfig, 'region'>) {
  const failures: unknown[] = [];
  const put = async ({ source, detail, time, region, ...event }: TrailEvent): Promise<void> => {
    const bus = new EventBridgeClient({ ...settings, region });
    const Entry = { Source: source, DetailType: event['detail-type'], Detail: JSON.stringify(detail) };
    const answer = await bus.send(new PutEventsCommand({ Entries: [{ ...Entry, Time: new Date(time) }] }));
    if (answer.FailedEntryCount !== 0) failures.push(answer);
  };
  const stop = local.onEvent((event) => void put(event).catch((error: unknown) => failures.push(error)));
  return { failures, stop };
}

/** A security group of the account, as a person reads and changes it. */
function groupOf(local: LocalAccount, region: string, groupName: string) {
  const ec2 = new EC2Client(local.clientSettings({ accessKeyId: ALICE, region }));
  const id = [...local.account.region(region).groups.values()].find(({ name }) => name === groupName)?.id ?? '';
  const worldOn = (port: number) => ({
    GroupId: id,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  return {
    id,
    open: async (port: number) => await ec2.send(new AuthorizeSecurityGroupIngressCommand(worldOn(port))),
    close: async (port: number) => await ec2.send(new RevokeSecurityGroupIngressCommand(worldOn(port))),
    /** Ports that are open to the world, in ascending order. */
    openPorts: async (): Promise<readonly number[]> => {
      const Filters = [{ Name: 'group-id', Values: [id] }];
      const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }));
      return SecurityGroupRules.flatMap(({ IsEgress, CidrIpv4, FromPort = -1 }) =>
        !IsEgress && CidrIpv4 === '0.0.0.0/0' ? [FromPort] : [],
      ).toSorted((a, b) => a - b);
    },
  };
}

/**
 * Waits until a condition holds. Resolves with the time in ms. Rejects after a minute, with the end of
 * MiniStack's log.
 */
async function until(scratch: string, what: string, holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > PATIENCE_MS) {
      const log = readFileSync(path.join(scratch, LOG), 'utf8').slice(-10_000);
      throw new Error(`${what}: not within ${PATIENCE_MS} ms\n${log}`);
    }
    await sleep(20);
  }
  return performance.now() - begun;
}

/**
 * An account made of two emulators. Security groups and identities are in the embedded account, everything
 * else is in MiniStack. CloudTrail events of the embedded account are put on MiniStack's event bus.
 *
 * @param python Python that has MiniStack.
 */
export async function startGuardedAccount(python: string) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'portcullis-emulators-'));
  const estate = { vpcs: [{ name: 'shop', cidr: '10.9.0.0/16', groups: [{ name: 'web' }] }] };
  const local = await startLocalAccount({ accountId: ACCOUNT, region: REGION, principals: PRINCIPALS, estate });
  createDefaultVpc(local.account.region(OTHER_REGION));
  // MiniStack's STS accepts every presigned request without checking its signature, and answers in XML only.
  // MiniStack has no Security Hub.
  const endpoints = Object.fromEntries(
    ['EC2', 'STS', 'SECURITYHUB'].map((service) => [`AWS_ENDPOINT_URL_${service}`, local.endpoint]),
  );
  const miniStack = await startMiniStack({ python, scratch, environment: endpoints });
  const { endpoint } = miniStack;
  const credentials = { accessKeyId: ALICE, secretAccessKey: 'not-checked' };
  const settings = { endpoint, region: REGION, credentials };
  const events = forwardEvents(local, { endpoint, credentials });
  const slack = await startSlack({ botToken: 'xoxb-unused' }, local);
  const lambda = new LambdaClient(settings);
  const commandLine = programEnvironment(scratch, {
    ...endpoints,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  return {
    endpoint,
    scratch,
    slack,
    group: groupOf(local, REGION, 'web'),
    groupElsewhere: groupOf(local, OTHER_REGION, 'default'),
    lostEvents: events.failures,
    /** Findings that the cells have imported into Security Hub. */
    findings: () => [...local.account.region(REGION).findings.values()],
    ...deployer(endpoint, scratch),
    /** Stores the second cell's secret, which has the address of a chat channel. */
    createSecret: async () => {
      const SecretString = JSON.stringify({ webhooks: { default: slack.webhook(CHANNEL) } });
      await new SecretsManagerClient(settings).send(new CreateSecretCommand({ Name: SECOND.secret, SecretString }));
    },
    until: async (what: string, holds: () => Promise<boolean>) => await until(scratch, what, holds),
    /** Removals by a cell, newest first. */
    remediations: async (grantFunction: string): Promise<readonly RemediationSummary[]> => {
      const result = await sendCommand(lambda, grantFunction, { do: 'list', what: 'remediations', most: 50 });
      return result.kind === 'remediations' ? result.lines : [];
    },
    /** Runs the command line as the user alice. */
    cli: async (...args: readonly string[]): Promise<Ended> =>
      await endOf(process.execPath, [path.join(ROOT, 'cli/portcullis.ts'), ...args], commandLine),
    stop: async () => {
      events.stop();
      await miniStack.stop();
      await slack.close();
      await local.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
