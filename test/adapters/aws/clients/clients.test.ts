import { EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { groupsByRegion } from '../../../../shared/adapters/aws/cells/cell.ts';
import { CLIENT_SETTINGS, ec2Clients } from '../../../../shared/adapters/aws/clients/settings.ts';
import { rule } from '../../../remediation/cell.ts';

const REGIONS = ['eu-west-1', 'ap-southeast-2', 'eu-west-3', 'eu-west-1'];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the EC2 client of a region', () => {
  const ec2Client = ec2Clients(CLIENT_SETTINGS);

  it('calls that region', async () => {
    const called = await Promise.all(REGIONS.map(async (region) => await ec2Client(region).config.region()));
    expect(called).toEqual(REGIONS);
  });

  it('is made once for each region', () => {
    expect(ec2Client('eu-west-1')).toBe(ec2Client('eu-west-1'));
    expect(ec2Client('eu-west-1')).not.toBe(ec2Client('eu-west-3'));
  });
});

describe('the security groups of a region', () => {
  it('are read and changed through the client of that region', async () => {
    const sent: EC2Client[] = [];
    vi.spyOn(EC2Client.prototype, 'send').mockImplementation(function send(this: EC2Client) {
      sent.push(this);
      throw new Error('no network here');
    });
    const groupsIn = groupsByRegion(CLIENT_SETTINGS);
    for (const region of REGIONS) {
      sent.length = 0;
      const one = rule('tcp', 22, '0.0.0.0/0');
      const groups = groupsIn(region);
      await expect(groups.fetchSnapshot({ by: 'group-id', ids: [one.groupId] }, new Set())).rejects.toThrow(
        'no network here',
      );
      const looked = sent.length;
      await expect(
        groups.revoke({ do: 'revoke', groupId: one.groupId, direction: 'ingress', rules: [one] }),
      ).rejects.toThrow('no network here');
      expect(looked).toBeGreaterThan(0);
      expect(sent.length).toBeGreaterThan(looked);
      const called = await Promise.all(sent.map(async (client) => await client.config.region()));
      expect(new Set(called)).toEqual(new Set([region]));
    }
  });
});
