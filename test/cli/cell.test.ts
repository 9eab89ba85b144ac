import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandResult } from '../../shared/domain/command.ts';
import { openListeningShop, tcp } from '../e2e/shop.ts';
import { cli, file } from './command-line.ts';

const KEY = 'AKIAEXAMPLEALICE0000';

const ALICE = {
  type: 'AssumedRole' as const,
  arn: 'arn:aws:sts::111122223333:assumed-role/Developer/alice@example.com',
  name: 'alice@example.com',
};

let shop: Awaited<ReturnType<typeof openListeningShop>>;

beforeAll(async () => {
  shop = await openListeningShop({ principals: { [KEY]: ALICE } });
  vi.stubEnv('AWS_ENDPOINT_URL', shop.local.endpoint);
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv(
    'AWS_SHARED_CREDENTIALS_FILE',
    file('credentials', `[alice]\naws_access_key_id = ${KEY}\naws_secret_access_key = local\n`),
  );
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await shop.close();
});

/** Runs a command as alice, and waits for everything that it sets off. */
async function alice(...argv: readonly string[]) {
  const ran = await cli([...argv, '--profile', 'alice', '--region', 'eu-west-1']);
  await shop.delivery.drain();
  return ran;
}

async function listed(...argv: readonly string[]) {
  const result: CommandResult = JSON.parse((await alice(...argv, '--format', 'json')).out);
  if (result.kind === 'remediations') return result.lines.map(({ id }) => id);
  return result.kind === 'exemptions' ? result.exemptions.map(({ id }) => id) : [];
}

async function sourcesOf(name: string, port: number) {
  return (await shop.rules(name)).flatMap(({ FromPort, CidrIpv4, Description }) =>
    FromPort === port ? [`${CidrIpv4} ${Description}`] : [],
  );
}

async function openSsh(cidr: string) {
  await shop.authorize('app', { ...tcp(22), IpRanges: [{ CidrIp: cidr, Description: 'for the vendor' }] });
  await shop.delivery.drain();
}

describe('the command line and the functions of a cell', () => {
  it('restores a closed rule, with an exemption', async () => {
    await openSsh('0.0.0.0/0');
    expect(await sourcesOf('app', 22)).not.toContain('0.0.0.0/0 for the vendor');
    const [id = ''] = await listed('remediations');
    const refused = await alice('restore', id, '--reason', 'the vendor needs it');
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/^portcullis: refused: it would violate again: .*tcp 22/);
    const terms = ['--exempt-days', '30', '--owner', 'web@example.com', '--ticket', 'OPS-1'];
    const restored = await alice('restore', id, '--reason', 'the vendor needs it', ...terms);
    expect([restored.code, restored.err]).toEqual([0, '']);
    expect(restored.out).toMatch(/^Restored: 1 rule\n {2}sgr-\w+ ingress tcp 22 from 0\.0\.0\.0\/0 "for the vendor"\n/);
    expect(restored.out).toContain('owner web@example.com, ticket OPS-1');
    expect(await sourcesOf('app', 22)).toContain('0.0.0.0/0 for the vendor');
  });

  it('does nothing more for a second restore, and says who did the first and why', async () => {
    const [id = ''] = await listed('remediations');
    const before = await shop.rules('app');
    const { code, out } = await alice('restore', id, '--reason', 'the vendor needs it');
    expect([code, await shop.rules('app')]).toEqual([0, before]);
    expect(out).toMatch(/^Nothing to restore\.\n[^]*restored by alice@example\.com .*the vendor needs it/);
  });

  it('lists, renews and revokes the exemption that was granted with it', async () => {
    const [id = ''] = await listed('exempt', 'list');
    const renewed = await alice('exempt', 'renew', id, '--days', '60', '--reason', 'still needed');
    expect([renewed.code, renewed.out.split('\n')[0]]).toEqual([0, `Renewed: ${id}`]);
    const revoked = await alice('exempt', 'revoke', id, '--reason', 'over');
    expect([revoked.code, revoked.out]).toEqual([
      0,
      expect.stringMatching(
        /^Revoked: [^]*renewed by alice@example\.com [^]*revoked by alice@example\.com .*: over\nNow that the exemption has ended, .*\n$/,
      ),
    ]);
  });

  it('exempts a group beforehand, so that its new rules stay', async () => {
    const scope = ['--group', shop.groupId('app'), '--ports', '3389'];
    const terms = ['--days', '1', '--owner', 'web@example.com', '--reason', 'a test'];
    expect((await alice('exempt', 'add', ...scope, ...terms)).code).toBe(0);
    await shop.authorize('app', tcp(3389, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(await sourcesOf('app', 3389)).toHaveLength(1);
    const elsewhere = await alice('exempt', 'add', '--group', 'sg-0aaaaaaaaaaaaaaa1', ...terms);
    expect([elsewhere.code, elsewhere.err]).toEqual([1, expect.stringContaining('there is no sg-0aaaaaaaaaaaaaaa1')]);
  });

  it('approves a pending remediation, which then closes the rule', async () => {
    await shop.authorize('default', tcp(443, '10.0.0.0/8'));
    await shop.delivery.drain();
    const pending = await listed('remediations', '--pending');
    expect(pending).toHaveLength(1);
    expect(await shop.rules('default')).not.toEqual([]);
    const { code, out } = await alice('approve', pending[0] ?? '', '--reason', 'nothing uses it');
    expect([code, out.split('\n')[0]]).toEqual([0, 'Approved by alice@example.com.']);
    expect([await shop.rules('default'), await listed('remediations', '--pending')]).toEqual([[], []]);
    const late = await alice('decline', pending[0] ?? '', '--reason', 'too late');
    expect(late.code).toBe(1);
  });

  it('refuses with the reason', async () => {
    const unknown = ['0000000abc0123456789abcdef', '--reason', 'x'];
    for (const command of ['restore', 'approve', 'decline', 'roll-back']) {
      const { code, err } = await alice(command, ...unknown);
      expect([code, err]).toEqual([1, expect.stringContaining('there is no remediation "0000000abc0123456789abcdef"')]);
    }
    expect((await alice('resume', '--reason', 'x')).out).toContain('0 held remediations looked at again.');
  });
});
