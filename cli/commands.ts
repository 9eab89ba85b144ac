import type { Command } from './command.ts';
import { controls } from './controls.ts';
import { explain } from './explain.ts';
import { local } from './local/local.ts';
import { policy } from './policy.ts';
import { scan } from './scan/scan.ts';
import { simulate } from './simulate/simulate.ts';

/** Every command, in the order in which a newcomer needs them. */
export const COMMANDS: readonly Command[] = [scan, simulate, controls, explain, policy, local];
