import type { RecordedTypes, Recorder } from '../../domain/requests/recorder.ts';

const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

const holds = (about: RecordedTypes): boolean => {
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
};

/** For a shell that the line is put into. */
const quoted = (name: string): string =>
  /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;

/** What is wrong with a recorder, for whoever wants security groups recorded at each change. Empty: nothing is. */
const faultsOf = ({ name, isRecording, about, daily, fault }: Recorder): readonly string[] => [
  ...(isRecording
    ? []
    : [
        `The recorder ${name} is stopped. Start it: aws configservice start-configuration-recorder --configuration-recorder-name ${quoted(name)}`,
      ]),
  ...(holds(about)
    ? []
    : [`The recorder ${name} leaves out ${SECURITY_GROUP}. Put the type into its recording group.`]),
  ...(holds(daily) ? [`The recorder ${name} records ${SECURITY_GROUP} once a day, so verdicts are a day old.`] : []),
  ...(fault === undefined ? [] : [`The last delivery of the recorder ${name} failed: ${fault}`]),
];

const NONE =
  'There is no recorder. Set AWS Config up: https://docs.aws.amazon.com/config/latest/developerguide/gs-cli.html';

/** Why AWS Config does not record each change of a security group in a region, and the way out. Empty: it does. */
export const recorderFaults = (all: readonly Recorder[]): readonly string[] =>
  all.length === 0 ? [NONE] : all.flatMap(faultsOf);
