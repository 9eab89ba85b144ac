import type { RecordedTypes, Recorder, Recorders } from '../../domain/aws-config.ts';
import type { Clock, Notifier } from '../../domain/ports.ts';
import { dayOf } from '../../policy/dates.ts';

const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

function includesGroups(about: RecordedTypes): boolean {
  switch (about.kind) {
    case 'all':
      return true;
    case 'only':
      return about.types.includes(SECURITY_GROUP);
    case 'all-but':
      return !about.types.includes(SECURITY_GROUP);
    default:
      return about satisfies never;
  }
}

/** For a shell that the line is put into. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

/** What is wrong with a recorder, for whoever wants security groups recorded at each change. Empty: nothing is. */
function faultsOf({ name, isRecording, types, daily, fault }: Recorder): readonly string[] {
  return [
    ...(isRecording
      ? []
      : [
          `The recorder ${name} is stopped. Start it: aws configservice start-configuration-recorder --configuration-recorder-name ${quoted(name)}`,
        ]),
    ...(includesGroups(types)
      ? []
      : [`The recorder ${name} leaves out ${SECURITY_GROUP}. Put the type into its recording group.`]),
    ...(includesGroups(daily)
      ? [`The recorder ${name} records ${SECURITY_GROUP} once a day, so verdicts are a day old.`]
      : []),
    ...(fault === undefined ? [] : [`The last delivery of the recorder ${name} failed: ${fault}`]),
  ];
}

const NONE =
  'There is no recorder. Set AWS Config up: https://docs.aws.amazon.com/config/latest/developerguide/gs-cli.html';

/** Why AWS Config does not record each change of a security group in a region, and the way out. Empty: it does. */
export function recorderFaults(all: readonly Recorder[]): readonly string[] {
  return all.length === 0 ? [NONE] : all.flatMap(faultsOf);
}

/** Where the recorder is looked at, and who is told. */
export interface RecorderCell {
  readonly account: string;
  readonly ports: {
    readonly recorders: Recorders;
    readonly notices: Pick<Notifier, 'notify'>;
    readonly clock: Pick<Clock, 'now'>;
  };
}

/**
 * Tells people where AWS Config does not record what its rules are about: the rules then say nothing, or what was true once. Told again
 * on another day, not twice on the same one.
 *
 * @returns what is wrong; empty where nothing is.
 * @throws CallFailed.
 */
export async function checkRecorder({ account, ports }: RecorderCell): Promise<readonly string[]> {
  const [region, all] = await Promise.all([ports.recorders.region(), ports.recorders.list()]);
  const because = recorderFaults(all);
  if (because.length === 0) return because;
  const id = `not-recorded ${account} ${region} ${dayOf(ports.clock.now())}`;
  await ports.notices.notify({ id, what: 'not-recorded', account, region, because });
  return because;
}
