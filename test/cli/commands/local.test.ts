import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { run } from '../../../cli/run.ts';
import { processSurroundings } from '../../../cli/terminal.ts';
import { cli, file, GUARD } from '../command-line.ts';

const ESTATE = {
  vpcs: [{ name: 'shop', cidr: '10.20.0.0/16', groups: [{ name: 'web' }], defaultGroup: { rules: [] } }],
};

/** Runs `portcullis local` while `play` plays with it; gives what was printed. */
async function playing(
  argv: readonly string[],
  play: (ec2: EC2Client, printed: { readonly out: string }) => Promise<void>,
) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const printed = { out: '', err: '' };
  const running = run(['local', '--port', '0', '--estate', file('estate.json', ESTATE), ...argv], {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    colour: false,
    stdin: async function* () {},
    ...processSurroundings,
    stopped: async () => await promise,
  });
  while (!printed.out.includes('Ctrl-C') && printed.err === '') await sleep(20);
  const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(printed.out)?.[1] ?? '';
  const region = /AWS_REGION=(\S+)/.exec(printed.out)?.[1] ?? '';
  await play(
    new EC2Client({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    printed,
  );
  resolve();
  return { code: await running, ...printed };
}

async function webGroup(ec2: EC2Client) {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['web'] }] }),
  );
  return SecurityGroups[0];
}

async function openSsh(ec2: EC2Client) {
  const GroupId = (await webGroup(ec2))?.GroupId;
  const IpRanges = [{ CidrIp: '0.0.0.0/0' }, { CidrIp: '10.0.0.0/8' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

async function sources(ec2: EC2Client) {
  return (
    (await webGroup(ec2))?.IpPermissions?.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)) ?? []
  );
}

describe('portcullis local', () => {
  it('runs an account with the estate, shows what comes in, and stops when asked', async () => {
    const { code, out, err } = await playing([], async (ec2) => {
      await openSsh(ec2);
      expect(await sources(ec2)).toEqual(['0.0.0.0/0', '10.0.0.0/8']);
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+\n/);
    expect(out).toMatch(/\d\d:\d\d:\d\d {2}AuthorizeSecurityGroupIngress {2}sg-[0-9a-f]{17} {2}by local\n/);
  });

  it('keeps it closed with --remediate: the world rule goes, its neighbour stays, and on-call reads of it', async () => {
    const { code, out, err } = await playing(['--remediate'], async (ec2) => {
      await openSsh(ec2);
      while ((await sources(ec2)).length > 1) await sleep(50);
      expect(await sources(ec2)).toEqual(['10.0.0.0/8']);
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('What it has closed: portcullis remediations\n');
    expect(out).toMatch(/RevokeSecurityGroupIngress {2}sg-[0-9a-f]{17}/);
    expect(out).toMatch(/On-call reads\n {2}\| Closed tcp\/22 \(SSH\) from the world on sg-\w+ web\n/);
  });

  it('refuses a region that AWS does not have', async () => {
    expect(await cli(['local', '--port', '0', '--remediate', '--regions', 'us-east-1, moon'])).toMatchObject({
      code: 2,
      err: 'portcullis: --regions "us-east-1, moon": expected regions such as us-east-1, found "moon"\n',
    });
  });

  it('prints why each remaining rule stays, by the given policy', async () => {
    const policy = file('lenient.yaml', 'version: 1\ncontrols:\n  world-open-admin: { fresh: observe }\n');
    const { out } = await playing(['--remediate', '--policy', policy], async (ec2, printed) => {
      await openSsh(ec2);
      while (!/kept|reported/.test(printed.out)) await sleep(50);
      expect(await sources(ec2)).toEqual(['0.0.0.0/0', '10.0.0.0/8']);
    });
    expect(out).toContain(`Policy: preset guard, ${policy}.`);
    expect(out).toMatch(/ {10}reported sgr-\w+ ingress tcp 22 from 0\.0\.0\.0\/0: world-open-admin\n/);
    expect(out).toMatch(
      / {10}kept sgr-\w+ ingress tcp 22 from 10\.0\.0\.0\/8: its source is no address of the internet\n/,
    );
  });

  it.each([['--policy', GUARD], ['--config'], ['--regions', 'us-east-1']])(
    'refuses %s without --remediate',
    async (...option) => {
      expect(await cli(['local', '--port', '0', ...option])).toMatchObject({
        code: 2,
        out: '',
        err: `portcullis: ${option[0]} configures Portcullis in the account: add --remediate\n`,
      });
    },
  );

  it('reports a port that is taken, and what to do', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const ran = await cli(['local', '--port', String(port)]);
    server.close();
    expect(ran).toMatchObject({
      code: 2,
      out: '',
      err: `portcullis: port ${port} is taken or not allowed: give another --port (0: any free one)\n`,
    });
  });

  it.each([
    ['vpcs[0].cidr: ', { vpcs: [{ name: 'a', groups: [] }] }],
    [
      'vpcs[0].groups[0].rules[0].direction: ',
      { vpcs: [{ ...ESTATE.vpcs[0], groups: [{ name: 'w', rules: [{ protocol: 'tcp', source: 'x' }] }] }] },
    ],
    ['top level: ', []],
    ['estate-bad.json: ', { vpcs: [{ name: 'a', cidr: 'not a block', groups: [] }] }],
    [
      'The estate references the group nobody',
      {
        vpcs: [
          {
            ...ESTATE.vpcs[0],
            groups: [{ name: 'w', rules: [{ direction: 'ingress', protocol: 'tcp', ports: 22, source: 'sg:nobody' }] }],
          },
        ],
      },
    ],
  ])('refuses an estate with the place: %s', async (place, estate) => {
    const bad = file('estate-bad.json', estate);
    const { code, out, err } = await cli(['local', '--port', '0', '--estate', bad]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^portcullis: .*estate-bad\.json: /);
    expect(err).toContain(place);
    expect(err).not.toContain('fault of Portcullis');
  });
});
