import { InputInvalid } from '../../../shared/domain/errors.ts';
import type { Group } from '../../../shared/domain/group.ts';
import { type SimulationReport, simulationTotals } from '../../../shared/reports/simulation.ts';
import { type Arguments, type Command, reportErrors } from '../../command.ts';
import { type AccountInput, readAccount } from '../../input/account-input.ts';
import { eventsIn } from '../../input/cloudtrail-events.ts';
import { type LoadedPolicy, loadPolicy, POLICY_OPTION } from '../../input/policy-file.ts';
import { readInput } from '../../input/read-input.ts';
import { unknownLists } from '../../input/supplements.ts';
import { formatFrom } from '../../output/format.ts';
import { paintFor } from '../../output/text.ts';
import type { Terminal } from '../../terminal.ts';
import { AccountState } from './account-state.ts';
import { type Replay, replay } from './replay.ts';

const WITHOUT_STATE =
  'without --state the groups are built from the events alone: their earlier rules are unknown, and they count as unused.';

const WITHOUT_INTERFACES = 'the state has no NetworkInterfaces, so all groups count as unused.';

/** `portcullis simulate` */
export const simulate: Command = {
  name: 'simulate',
  takes: 'EVENT.json|-',
  most: 1,
  summary: 'Show what an event would lead to, rule by rule, without touching anything',
  options: {
    state: { value: 'FILE', help: 'the groups before the events, in a form that scan reads' },
    policy: POLICY_OPTION,
  },
  details: `EVENT.json is a CloudTrail event: bare, as EventBridge delivers it, several in an array or in JSON lines, or a log file with
{"Records": […]}, packed with gzip or not. Several events are played in the order of their times. Each one changes the groups as it
changed them in the account: it adds, modifies and removes rules, creates and deletes groups, changes entries of prefix lists. A rule that
Portcullis closes is gone for the next event.

The state is what DescribeSecurityGroups and DescribeSecurityGroupRules print, and may hold entries of prefix lists and interfaces
(\`portcullis help scan\` has the forms). A state from after a single event works as well. Without --state the groups hold what the
events say and nothing else. Rules without an id are named sgr-simulated-….

The verdicts: closed (removed), asked (a person decides), told (people are told), reported (nothing but this report), kept.
An event about a group whose rules neither the events nor the state tell ends with exit code 2, because the group is not judged.`,
  exitCodes: 'judging',
  prints: 'simulation',
  run: async (args, terminal) => {
    const { write } = formatFrom(args, 'simulation');
    const report = await runSimulation(args, await loadPolicy(args), terminal);
    terminal.out(write(report, paintFor(terminal)));
    return reportErrors(simulationTotals(report), terminal);
  },
};

async function runSimulation(args: Arguments, loaded: LoadedPolicy, terminal: Terminal): Promise<SimulationReport> {
  const [file] = args.positionals;
  if (file === undefined)
    throw new InputInvalid('simulate: expected EVENT.json, a CloudTrail event (or - for standard input)');
  const stateFile = args.value('state');
  if (file === '-' && stateFile === '-')
    throw new InputInvalid('simulate: the event and --state cannot both be standard input; give one of them as a file');
  const events = eventsIn(await readInput(file, terminal));
  const account = stateFile === undefined ? undefined : readAccount([await readInput(stateFile, terminal)]);
  return reportOf(await replay(events, loaded.policy, new AccountState(account)), account, loaded);
}

function reportOf(replayed: Replay, state: AccountInput | undefined, { policy, from }: LoadedPolicy): SimulationReport {
  const groups = affectedGroups(replayed);
  const locations = new Map(
    replayed.simulations.flatMap(({ groups: seen, change: { region, account } }) =>
      seen.map(({ group }) => [group.id, { region, account }] as const),
    ),
  );
  return {
    simulations: replayed.simulations,
    findings: replayed.findings,
    locationOf: ({ id }) => locations.get(id) ?? { region: null, account: null },
    groups: groups.length,
    rules: groups.reduce((sum, { rules }) => sum + rules.length, 0),
    errors: [...(state?.errors ?? []), ...replayed.errors, ...unknownLists(groups, entriesHint)],
    notes: simulationNotes(replayed, state),
    ignored: replayed.ignored,
    policy: { preset: policy.preset, from },
  };
}

function affectedGroups({ simulations }: Replay): readonly Group[] {
  return [...new Map(simulations.flatMap(({ groups }) => groups.map(({ group }) => [group.id, group]))).values()];
}

function entriesHint(): string {
  return 'give them as PrefixLists in the file of --state (portcullis help scan has the form)';
}

function simulationNotes(replayed: Replay, state: AccountInput | undefined): readonly string[] {
  if (replayed.simulations.every(({ groups }) => groups.length === 0)) return replayed.notes;
  if (state === undefined) return [...replayed.notes, WITHOUT_STATE];
  return state.attachments === undefined ? [...replayed.notes, WITHOUT_INTERFACES] : replayed.notes;
}
