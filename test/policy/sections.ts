import { PolicyInvalid } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { SHAPES } from './shapes.ts';

/** Compiles sections below `version: 1`. */
export function compile(...lines: readonly string[]): Policy {
  return compilePolicy(['version: 1', ...lines].join('\n'), 'portcullis.yaml', SHAPES);
}

/** Problems of such a policy, without the name of the file; none where it compiles. Any other error is thrown on. */
export function problems(...lines: readonly string[]): readonly string[] {
  try {
    compile(...lines);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems.map((text) => text.replace(/^portcullis\.yaml:/, ''));
    throw error;
  }
}
