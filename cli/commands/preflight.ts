import { recorderFaults } from '../../shared/workflows/compliance/recorder.ts';
import { explainFailure } from '../aws-failure.ts';
import { ACCOUNT_OPTIONS } from '../cell.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { resultPrinter } from '../output/format.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Reads the configuration recorders of a region. The SDK is loaded here. Throws InputInvalid if no region is
 * known or if the user can correct the reason why the call failed, CallFailed otherwise.
 */
async function readRecorders(args: Arguments, { environment }: Terminal) {
  const [{ accountClient }, { configClient, recorders }] = await Promise.all([
    import('../../shared/adapters/aws/clients/personal.ts'),
    import('../../shared/adapters/aws/config.ts'),
  ]);
  const choice = { profile: args.value('profile'), region: args.value('region'), environment };
  const { settings, region } = await accountClient(choice);
  try {
    return { region, faults: recorderFaults(await recorders(configClient(settings)).list()) };
  } catch (error) {
    const permission = 'config:DescribeConfigurationRecorders and config:DescribeConfigurationRecorderStatus';
    throw explainFailure(error, { thing: 'AWS Config', permission, option: 'region', region, environment });
  }
}

function readyText(region: string): string {
  return `AWS Config records security groups in ${region}: the cell can be deployed there with -c config=true.\n`;
}

function notReadyText(region: string, faults: readonly string[]): string {
  return [`AWS Config does not record security groups in ${region} as the cell's rules need it:`, ...faults, ''].join(
    '\n',
  );
}

/** `portcullis preflight` */
export const preflight: Command = {
  name: 'preflight',
  takes: '',
  most: 0,
  summary: 'Check whether AWS Config records security groups, before you deploy with -c config=true',
  options: {
    region: { value: 'REGION', help: 'the region that the cell is to run in' },
    profile: ACCOUNT_OPTIONS.profile,
  },
  details:
    'Without a recorder, AWS Config takes no rule and the deployment fails; docs/config.md has the rest. Nothing is changed.',
  exitCodes: 'preflight',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const { region, faults } = await readRecorders(args, terminal);
    const isReady = faults.length === 0;
    const text = isReady ? readyText(region) : notReadyText(region, faults);
    printer.print({ data: { kind: 'preflight', region, ready: isReady, faults }, text: () => text });
    return isReady ? EXIT.clean : EXIT.findings;
  },
};
