import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../cli/run.ts';
import { processSurroundings, type Terminal } from '../../cli/terminal.ts';

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A way to run the command line in memory. */
type RunCli = (argv: readonly string[], stdin?: string | Uint8Array) => Promise<Ran>;

/** Runs the command line in memory, with some of what surrounds the process replaced. */
function cliWith(surroundings: Partial<Pick<Terminal, 'clock' | 'environment'>>): RunCli {
  return async (argv, stdin = '') => {
    let [out, err] = ['', ''];
    const code = await run(argv, {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      colour: false,
      stdin: async function* () {
        yield Buffer.from(stdin);
      },
      ...processSurroundings,
      ...surroundings,
      stopped: async () => {},
    });
    return { code, out, err };
  };
}

/** Runs the command line in memory. */
export const cli = cliWith({});

/** The time of `cliThen`. */
export const THEN = '2026-01-02T03:04:05.000Z';

/** Runs the command line in memory at a fixed time, for reports that name it. */
export const cliThen = cliWith({ clock: { ...processSurroundings.clock, now: () => Date.parse(THEN) } });

const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-cli-'));

/** A file for a command to read; anything but text is written as JSON. */
export function file(name: string, content: unknown): string {
  const place = path.join(folder, name);
  const isRaw = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(place, isRaw ? content : JSON.stringify(content));
  return place;
}

/** A policy that is the preset guard, whatever the project's own says. */
export const GUARD = file('guard.yaml', 'version: 1\npreset: guard\n');

const GROUP = 'sg-0aaaaaaaaaaaaaaa1';

/** A permission of DescribeSecurityGroups. */
export function permission(protocol: string, port: number, ...cidrs: readonly string[]) {
  return {
    IpProtocol: protocol,
    ...(port < 0 ? {} : { FromPort: port, ToPort: port }),
    IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
  };
}

/** A group of DescribeSecurityGroups. */
export function group(permissions: readonly unknown[], more: object = {}) {
  return {
    GroupId: GROUP,
    GroupName: 'shop-web',
    VpcId: 'vpc-0ccccccccccccccc1',
    OwnerId: '111122223333',
    IpPermissions: permissions,
    IpPermissionsEgress: [],
    ...more,
  };
}

/** A CloudTrail event of an authorised inbound rule for each CIDR. */
export function authorized(port: number, cidrs: readonly string[], more: object = {}) {
  return {
    eventVersion: '1.09',
    userIdentity: { type: 'IAMUser', userName: 'alice', accountId: '111122223333' },
    eventTime: '2026-01-02T03:04:05Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.0',
    requestParameters: {
      groupId: GROUP,
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: port,
            toPort: port,
            groups: {},
            ipRanges: { items: cidrs.map((cidrIp) => ({ cidrIp })) },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    },
    responseElements: {
      _return: true,
      securityGroupRuleSet: {
        items: cidrs.map((cidrIpv4, index) => ({
          groupOwnerId: '111122223333',
          groupId: GROUP,
          securityGroupRuleId: `sgr-${port}-${index}`,
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          cidrIpv4,
        })),
      },
    },
    eventID: 'c2b1f9ce-0000-4000-8000-000000000001',
    recipientAccountId: '111122223333',
    ...more,
  };
}

/**
 * How a command is to end that printed this report: errors outweigh findings, and findings of low severity do
 * not count.
 */
export function expectedCode(report: {
  readonly errors: readonly unknown[];
  readonly findings: readonly { readonly severity: string }[];
}): number {
  return report.errors.length > 0 ? 2 : Number(report.findings.some(({ severity }) => severity !== 'low'));
}
