import { acknowledge } from './cell/acknowledge.ts';
import { approve, decline } from './cell/answer.ts';
import { breakGlass } from './cell/break-glass.ts';
import { exempt } from './cell/exempt.ts';
import { redrive } from './cell/redrive.ts';
import { remediations } from './cell/remediations.ts';
import { restore } from './cell/restore.ts';
import { resume } from './cell/resume.ts';
import { rollBack } from './cell/roll-back.ts';
import type { Command } from './command.ts';
import { controls } from './controls.ts';
import { explain } from './explain.ts';
import { local } from './local/local.ts';
import { policy } from './policy.ts';
import { preflight } from './preflight.ts';
import { scan } from './scan/scan.ts';
import { simulate } from './simulate/simulate.ts';

/** Every command, in the order in which a newcomer needs them: those that judge, then those that ask the cell for something. */
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
