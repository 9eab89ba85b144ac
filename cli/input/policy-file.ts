import { existsSync } from 'node:fs';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import type { Arguments } from '../command.ts';
import { readText } from './read-input.ts';

/** The policy file that is read by default. */
export const POLICY_FILE = 'portcullis.yaml';

/** `--policy`, for every command that has it. */
export const POLICY_OPTION = {
  value: 'FILE',
  help: `the policy (default: ${POLICY_FILE} in this folder, else the preset guard as shipped)`,
} as const;

/** A compiled policy and its origin: the file name, or `as shipped`. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly from: string;
}

/**
 * Compiles a policy file. Throws InputInvalid if it cannot be read, PolicyInvalid with every problem in it.
 */
export async function compileFile(file: string): Promise<Policy> {
  return compilePolicy(await readText(file), file, CONTROLS);
}

/** The preset guard without changes. */
function shipped(): LoadedPolicy {
  return {
    policy: compilePolicy('version: 1\n', 'as shipped', CONTROLS),
    from: 'as shipped',
  };
}

/**
 * Loads the policy that `--policy` names, otherwise the default file, otherwise the preset as shipped. Throws
 * as `compileFile` does.
 */
export async function loadPolicy(args: Arguments): Promise<LoadedPolicy> {
  const named = args.value('policy');
  if (named === undefined && !existsSync(POLICY_FILE)) return shipped();
  const file = named ?? POLICY_FILE;
  return { policy: await compileFile(file), from: file };
}
