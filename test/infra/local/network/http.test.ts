import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocalAccount } from '../../../../infra/local/start.ts';
import type { Activity } from '../../../../infra/local/time/clock.ts';
import { CLIENT_SETTINGS } from '../../../../shared/adapters/aws/clients/settings.ts';

let local: LocalAccount;
beforeEach(async () => {
  local = await startLocalAccount();
});
afterEach(async () => await local.close());

function clientOf(activity: Activity): EC2Client {
  const caller = (): Activity => activity;
  return new EC2Client({
    ...CLIENT_SETTINGS,
    ...local.clientSettings({ accessKeyId: 'AKIAEXAMPLEEXAMPLE00', caller }),
  });
}

describe('an SDK client of an invocation, over sockets', () => {
  it('calls the account', async () => {
    const ec2 = clientOf(local.clock.begin('on-change 1'));
    expect(await ec2.send(new DescribeVpcsCommand({}))).toMatchObject({ Vpcs: [] });
    ec2.destroy();
  });

  it('makes no call after the invocation has ended', async () => {
    const activity = local.clock.begin('on-change 1');
    const ec2 = clientOf(activity);
    activity.end();
    await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'ActivityOver' });
    expect(local.calls).toEqual([]);
    ec2.destroy();
  });

  it('gets no answer if the invocation ends during the call, but the call has its effect', async () => {
    const activity = local.clock.begin('on-change 1');
    const ec2 = clientOf(activity);
    local.beforeCall(() => activity.end());
    await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ name: 'ActivityOver' });
    expect(local.calls).toMatchObject([{ operation: 'DescribeVpcs' }]);
    ec2.destroy();
  });
});

describe('fetch of an invocation, over sockets', () => {
  it('fails after the invocation has ended', async () => {
    const activity = local.clock.begin('on-alert 1');
    const { fetch } = local.network.connect(() => activity);
    expect((await fetch(`${local.endpoint}/_portcullis/calls`)).status).toBe(200);
    activity.end();
    await expect(fetch(`${local.endpoint}/_portcullis/calls`)).rejects.toMatchObject({ name: 'ActivityOver' });
  });
});
