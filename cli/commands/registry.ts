import type { Command } from '../command.ts';
import { acknowledge } from './acknowledge.ts';
import { approve, decline } from './approve.ts';
import { breakGlass } from './break-glass.ts';
import { controls } from './controls.ts';
import { exempt } from './exempt.ts';
import { explain } from './explain.ts';
import { local } from './local.ts';
import { policy } from './policy.ts';
import { preflight } from './preflight.ts';
import { redrive } from './redrive.ts';
import { remediations } from './remediations.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { rollBack } from './roll-back.ts';
import { scan } from './scan/scan.ts';
import { simulate } from './simulate/simulate.ts';

/**
 * Every command, in the order of the help: first the commands that judge, then those that talk to a cell.
 * Parser, help, suggestions and the check of the documentation derive from this list.
 */
export const COMMANDS: readonly Command[] = [
  scan,
  simulate,
  controls,
  explain,
  policy,
  preflight,
  local,
  remediations,
  restore,
  approve,
  decline,
  acknowledge,
  exempt,
  resume,
  rollBack,
  breakGlass,
  redrive,
];
