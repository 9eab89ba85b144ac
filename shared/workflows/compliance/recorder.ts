import type { RecordedTypes, Recorder, Recorders } from '../../domain/aws-config.ts';
import type { Notifier } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';
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

/** A name quoted for a shell. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

/** Why a recorder does not record each change of a security group; empty if it does. */
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

/**
 * Why AWS Config does not record each change of a security group in a region, and the way out; empty if it
 * does.
 */
export function recorderFaults(all: readonly Recorder[]): readonly string[] {
  return all.length === 0 ? [NONE] : all.flatMap(faultsOf);
}

/** What checking the recorder needs. */
export interface RecorderCell {
  readonly account: string;
  readonly ports: {
    readonly recorders: Recorders;
    readonly notifier: Pick<Notifier, 'notify'>;
    readonly clock: Pick<Clock, 'now'>;
  };
}

/**
 * Notifies people, at most once a day, if AWS Config does not record security groups: then its rules return
 * no results or old ones.
 *
 * @returns the faults; empty if there are none.
 * @throws CallFailed.
 */
export async function checkRecorder({ account, ports }: RecorderCell): Promise<readonly string[]> {
  const [region, all] = await Promise.all([ports.recorders.region(), ports.recorders.list()]);
  const because = recorderFaults(all);
  if (because.length === 0) return because;
  const id = `not-recorded ${account} ${region} ${dayOf(ports.clock.now())}`;
  await ports.notifier.notify({ id, what: 'not-recorded', account, region, because });
  return because;
}
