import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateSecurityGroupCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../../infra/local/start.ts';
import { VirtualClock } from '../../../../../infra/local/time/virtual-clock.ts';
import { trailIn } from '../../../../../shared/adapters/aws/cloudtrail.ts';
import { CallFailed } from '../../../../../shared/domain/errors.ts';
import { clientConfig } from '../../local-client.ts';

const LAG_MS = 900_000;
const REGION = 'us-east-1';

let local: LocalAccount;
let ec2: EC2Client;
let cloudTrail: CloudTrailClient;
let clock: VirtualClock;

beforeEach(async () => {
  clock = new VirtualClock();
  local = await startLocalAccount({ trailLagMs: LAG_MS, clock, transport: 'in-process' });
  ec2 = new EC2Client(clientConfig(local));
  cloudTrail = new CloudTrailClient({ ...clientConfig(local), maxAttempts: 1 });
});
afterEach(async () => {
  ec2.destroy();
  cloudTrail.destroy();
  await local.close();
});

async function makeGroup(): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: Vpc?.VpcId }));
  return local.events.at(-1)?.detail.eventID ?? '';
}

function trail() {
  return trailIn(() => cloudTrail);
}

describe('CloudTrail’s event history', () => {
  test('shows an event by its id once it is old enough', async () => {
    const id = await makeGroup();
    expect(await trail().findChange(id, REGION)).toBeUndefined();
    await clock.advance(LAG_MS);
    expect(await trail().findChange(id, REGION)).toMatchObject({
      id,
      call: 'CreateSecurityGroup',
      trigger: 'group-created',
      account: '111122223333',
      region: REGION,
      confirmed: true,
    });
  });

  test('shows nothing for an unknown id', async () => {
    await makeGroup();
    await clock.advance(LAG_MS);
    expect(await trail().findChange('forged', REGION)).toBeUndefined();
  });

  test('finds events by the group that they name, newest first, with one attribute at a time', async () => {
    await makeGroup();
    await clock.advance(LAG_MS);
    const [groupId = ''] = [...local.account.region(REGION).groups.keys()].slice(-1);
    const byName = { AttributeKey: 'ResourceName', AttributeValue: groupId } as const;
    const { Events = [] } = await cloudTrail.send(new LookupEventsCommand({ LookupAttributes: [byName] }));
    expect(Events.map(({ EventName }) => EventName)).toEqual(['CreateSecurityGroup']);
    expect(Events[0]?.EventTime).toBeInstanceOf(Date);
    await expect(
      cloudTrail.send(new LookupEventsCommand({ LookupAttributes: [byName, byName] })),
    ).rejects.toMatchObject({ name: 'InvalidLookupAttributesException' });
  });

  test.each(['throttle', 'unauthorized'] as const)(
    'fails with CloudTrail’s own error for a fault (%s)',
    async (kind) => {
      local.faults.push({ service: 'cloudtrail', kind });
      const failure = await trail()
        .findChange('x', REGION)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CallFailed);
      expect(failure).toMatchObject({ call: 'LookupEvents', retryable: kind === 'throttle' });
    },
  );
});
