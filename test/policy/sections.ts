import { PolicyInvalid } from '../../shared/domain/errors.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { SHAPES } from './shapes.ts';

/** Compiles sections below `version: 1`. */
export function compile(...lines: readonly string[]): Policy {
  return compilePolicy(['version: 1', ...lines].join('\n'), 'portcullis.yaml', SHAPES);
}

/** The problems of such a policy without the file name; none if it compiles. Rethrows any other error. */
export function problems(...lines: readonly string[]): readonly string[] {
  try {
    compile(...lines);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems.map((text) => text.replace(/^portcullis\.yaml:/, ''));
    throw error;
  }
}
