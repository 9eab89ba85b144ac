import type { Estate } from '../../infra/local/estate/estate.ts';
import type { LocalAccount } from '../../infra/local/start.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { worldOf } from '../../shared/policy/queries.ts';
import { policyLine } from '../../shared/reports/text.ts';
import { type Arguments, type Command, EXIT, type ExitCode } from '../command.ts';
import { type LoadedPolicy, loadPolicy, POLICY_OPTION } from '../input/policy-file.ts';
import { readInput } from '../input/read-input.ts';
import { bareAccount, guardedAccount, type RunningAccount } from '../local/account.ts';
import { verdictPrinter, watch } from '../local/watch.ts';
import { paintFor } from '../output/text.ts';
import type { Terminal } from '../terminal.ts';

const PORT = 4700;

const REGION = 'eu-west-1';

/** The address of an embedded account, and the region of its estate. */
interface Endpoint {
  readonly endpoint: string;
  readonly region: string;
}

/** `portcullis local` */
export const local: Command = {
  name: 'local',
  takes: '',
  most: 0,
  summary: 'Run an AWS account on this machine to play with, and show what comes in',
  options: {
    port: { value: 'N', help: `the port on 127.0.0.1 (default ${PORT}; 0: any free one)` },
    estate: {
      value: 'FILE',
      help: 'what the account is filled with (default: nothing; events/estate.json is a web shop)',
    },
    remediate: { help: 'run Portcullis in it, as it runs in AWS' },
    policy: { ...POLICY_OPTION, help: `with --remediate: ${POLICY_OPTION.help}` },
    regions: {
      value: 'NAMES',
      help: `with --remediate: other regions to guard besides ${REGION}, with commas between`,
    },
    config: { help: 'with --remediate: record the groups in AWS Config, with the rules of Portcullis' },
    'no-throttling': { help: "lift EC2's limits on calls per second, e.g. for the tests of another tool" },
  },
  details: `The account speaks AWS's own protocols: the AWS CLI, boto3, Terraform and SDKs work unchanged with AWS_ENDPOINT_URL.
It has EC2's security groups, rules, prefix lists, VPCs and interfaces, DynamoDB, SNS, SSM, STS, AWS Config's rules and Lambda's Invoke; it
forgets everything when it stops. Nothing leaves this machine, and nobody else can reach it.

It takes any credentials. Each access key is a user of its own, with the key as its name: AWS_ACCESS_KEY_ID=ann makes the call as ann.

With --remediate, each rule that a change adds and that stays gets a verdict with its reason: kept, reported (in the log alone), told (people
read it) or asked (a person decides). A rule that is removed shows as the event of its removal. An event that a function cannot handle is
shown, and the queue that has it: portcullis redrive asks for it again.`,
  prints: 'stream',
  exitCodes: 'printing',
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const loaded = await cellPolicy(args);
  const running = await start(args, terminal, loaded);
  terminal.out(greeting(running, loaded));
  const stop = watch(running.account, terminal, paintFor(terminal));
  await terminal.stopped();
  await running.close();
  stop();
  return EXIT.clean;
}

/** The policy of the cell; undefined without a cell. Throws InputInvalid for an option that needs a cell. */
async function cellPolicy(args: Arguments): Promise<LoadedPolicy | undefined> {
  if (args.has('remediate')) return await loadPolicy(args);
  for (const option of ['policy', 'config', 'regions'])
    if (args.has(option) || args.value(option) !== undefined)
      throw new InputInvalid(`--${option} configures Portcullis in the account: add --remediate`);
  return undefined;
}

async function start(args: Arguments, terminal: Terminal, loaded: LoadedPolicy | undefined): Promise<RunningAccount> {
  const options = {
    port: portOf(args),
    region: REGION,
    ...(args.has('no-throttling') && { throttling: 'off' as const }),
    ...(await estateOf(args, terminal)),
  };
  const otherRegions = otherRegionsOf(args);
  try {
    if (loaded === undefined) return await bareAccount(options);
    const { policy } = loaded;
    const [world, paint] = [worldOf(policy), paintFor(terminal)];
    const reader = ({ account }: LocalAccount) =>
      verdictPrinter({ region: account.region(REGION), world, paint, out: terminal.out });
    const cell = { ...options, otherRegions, policy, config: args.has('config'), reader };
    return await guardedAccount(cell, terminal.clock);
  } catch (error) {
    throw startFault(error, args);
  }
}

function portOf(args: Arguments): number {
  const given = args.value('port') ?? String(PORT);
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65_535) {
    throw new InputInvalid(`--port ${JSON.stringify(given)}: expected a number from 0 (any free port) to 65535`);
  }
  return Number(given);
}

async function estateOf(args: Arguments, terminal: Terminal): Promise<{ readonly estate?: Estate }> {
  const file = args.value('estate');
  if (file === undefined) return {};
  const { estateFrom } = await import('../input/estate-file.ts');
  return { estate: estateFrom(await readInput(file, terminal)) };
}

/** The other regions that the cell guards. A deployed cell has a forwarder in each. */
function otherRegionsOf(args: Arguments): readonly string[] {
  const given = args.value('regions');
  if (given === undefined) return [];
  const names = given.split(',').map((name) => name.trim());
  const wrong = names
    .filter((name) => !/^[a-z]{2,4}(?:-[a-z]+){1,3}-\d+$/.test(name))
    .map((name) => JSON.stringify(name));
  if (wrong.length > 0)
    throw new InputInvalid(
      `--regions ${JSON.stringify(given)}: expected regions such as us-east-1, found ${wrong.join(', ')}`,
    );
  return [...new Set(names)].filter((name) => name !== REGION);
}

/** Explains why the account does not start: the port is taken, or EC2 would refuse the estate. */
function startFault(error: unknown, args: Arguments): unknown {
  if (!(error instanceof Error)) return error;
  if ('code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) {
    const reason = `port ${portOf(args)} is taken or not allowed: give another --port (0: any free one)`;
    return new InputInvalid(reason, { cause: error });
  }
  const isRefused = error.name === 'AwsError' || error instanceof RangeError;
  return isRefused ? new InputInvalid(`${args.value('estate')}: ${error.message}`, { cause: error }) : error;
}

function greeting({ account }: RunningAccount, loaded: LoadedPolicy | undefined): string {
  return [
    ...exportLines({ endpoint: account.endpoint, region: REGION }),
    '',
    `Account ${account.account.id} runs${loaded ? ', and Portcullis keeps it closed' : ''}. Ctrl-C stops it.`,
    'Copy the lines above into another shell, and try: aws ec2 describe-security-groups',
    ...(loaded
      ? ['What it has closed: portcullis remediations', policyLine({ preset: loaded.policy.preset, from: loaded.from })]
      : []),
    '',
    '',
  ].join('\n');
}

/**
 * Environment variables for the AWS CLI, Terraform and SDKs. The embedded account accepts any credentials.
 */
function exportLines({ endpoint, region }: Endpoint): readonly string[] {
  return [
    `export AWS_ENDPOINT_URL=${endpoint}`,
    `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    'export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
  ];
}
