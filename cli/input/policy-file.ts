import { existsSync } from 'node:fs';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import type { Arguments } from '../command.ts';
import { readText } from './read-input.ts';

/** Where a policy is looked for when none is named. */
export const POLICY_FILE = 'portcullis.yaml';

/** `--policy`, for every command that has it. */
export const POLICY_OPTION = {
  value: 'FILE',
  help: `the policy (default: ${POLICY_FILE} in this folder, else the preset guard as shipped)`,
} as const;

/** A compiled policy and where it came from, in words. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly from: string;
}

/** Compiles a policy file. Throws InputInvalid where it cannot be read, PolicyInvalid with every problem in it. */
export async function compileFile(file: string): Promise<Policy> {
  return compilePolicy(await readText(file), file, CONTROLS);
}

/** The preset guard, with nothing changed. */
function shipped(): LoadedPolicy {
  return {
    policy: compilePolicy('version: 1\n', 'as shipped', CONTROLS),
    from: 'as shipped',
  };
}

/** The policy that the user named, or the one that is found. Throws InputInvalid and PolicyInvalid. */
export async function loadPolicy(args: Arguments): Promise<LoadedPolicy> {
  const named = args.value('policy');
  if (named === undefined && !existsSync(POLICY_FILE)) return shipped();
  const file = named ?? POLICY_FILE;
  return { policy: await compileFile(file), from: file };
}
