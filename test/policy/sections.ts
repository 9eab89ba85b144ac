import type { Policy } from '../../shared/domain/controls/policy.ts';
import { PolicyInvalid } from '../../shared/domain/errors.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { SHAPES } from './shapes.ts';

/** Compiles sections below `version: 1`. */
export const compile = (...lines: readonly string[]): Policy =>
  compilePolicy(['version: 1', ...lines].join('\n'), 'portcullis.yaml', SHAPES);

/** Problems of such a policy, without the name of the file; none where it compiles. Any other error is thrown on. */
export const problems = (...lines: readonly string[]): readonly string[] => {
  try {
    compile(...lines);
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems.map((text) => text.replace(/^portcullis\.yaml:/, ''));
    throw error;
  }
};
