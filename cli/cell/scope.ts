import { CONTROLS } from '../../shared/controls/registry.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { RequestedScope } from '../../shared/domain/requests/command.ts';
import type { PortSet } from '../../shared/domain/rule.ts';
import { groupIdOf, ruleIdOf } from '../../shared/events/ids.ts';
import { editPorts, NO_PORTS, readPorts } from '../../shared/policy/ports.ts';
import { didYouMean } from '../../shared/policy/schema/suggest.ts';
import type { Arguments } from '../command.ts';

const wrong = (option: string, given: string, expected: string): InputInvalid =>
  new InputInvalid(`--${option} ${JSON.stringify(given)}: expected ${expected}`);

/** An option as `read` takes it, which answers undefined for what it is not. */
const readOption = <T>(
  args: Arguments,
  option: string,
  read: (given: string) => T | undefined,
  expected: string,
): T | undefined => {
  const given = args.value(option);
  if (given === undefined) return undefined;
  const value = read(given.trim());
  if (value === undefined) throw wrong(option, given, expected);
  return value;
};

const portsFrom = (given: string): PortSet | undefined => {
  const entries = given.split(',').map((entry) => entry.trim());
  return entries.every((entry) => readPorts(entry) !== undefined) ? editPorts(NO_PORTS, entries) : undefined;
};

const controlFrom = (args: Arguments): string | undefined => {
  const given = args.value('control');
  const ids = CONTROLS.map(({ id }) => id);
  if (given === undefined || ids.includes(given)) return given;
  throw wrong('control', given, `the id of a control${didYouMean(given, ids)}; portcullis controls lists them`);
};

/**
 * What an exemption is to be about: everything that all of the options given name.
 *
 * @throws InputInvalid where one is not as it should be, or none is given.
 */
export const scopeFrom = (args: Arguments): RequestedScope => {
  const groupId = readOption(args, 'group', groupIdOf, 'the id of a group, sg-…');
  const ruleId = readOption(args, 'rule', ruleIdOf, 'the id of a rule, sgr-…');
  const ports = readOption(args, 'ports', portsFrom, 'ports such as 22,5900-5906,udp/11211');
  const control = controlFrom(args);
  const isPlaced = groupId !== undefined || ruleId !== undefined;
  const allGroups = args.has('all-groups');
  const scope = {
    ...(groupId !== undefined && { groupId }),
    ...(ruleId !== undefined && { ruleId }),
    ...(ports !== undefined && { ports }),
    ...(control !== undefined && { control }),
  };
  if (Object.keys(scope).length === 0)
    throw new InputInvalid('exempt add: say what is exempt: at least one of --group, --rule, --ports and --control');
  if (isPlaced && allGroups) throw new InputInvalid('--all-groups: leave it out, or leave out --group and --rule');
  if (isPlaced) return scope;
  if (allGroups) return { ...scope, allGroups };
  throw new InputInvalid(
    'exempt add: without --group or --rule every group of the account is exempt: name one, or say --all-groups',
  );
};
