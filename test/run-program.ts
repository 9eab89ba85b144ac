import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { ROOT } from '../infra/build/bundle.ts';

/** The exit code and the output of a program. */
export interface Ended {
  /** Undefined if a signal ended it or it did not start. */
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

const LARGEST_OUTPUT_BYTES = 64 * 1024 * 1024;

function textOf(cause: object, part: 'stdout' | 'stderr'): string {
  const text: unknown = Reflect.get(cause, part);
  return typeof text === 'string' ? text : '';
}

/** Runs a program to its end, even if it fails. Rejects only if the program is not installed. */
export async function endOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], { env, maxBuffer: LARGEST_OUTPUT_BYTES });
    return { code: 0, out: stdout, err: stderr };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const code: unknown = Reflect.get(cause, 'code');
    if (code === 'ENOENT') throw new Error(`${program} is not installed`, { cause });
    return {
      code: typeof code === 'number' ? code : undefined,
      out: textOf(cause, 'stdout'),
      err: textOf(cause, 'stderr'),
    };
  }
}

/**
 * Runs a program to its end and returns what it printed to its standard output.
 *
 * @throws Error with the command and the reason: the program is not installed, or its output before it
 *   failed.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { code, out, err } = await endOf(program, args, env);
  if (code === 0) return out;
  throw new Error(`${program} ${args.join(' ')} ended with ${code ?? 'a signal'}: ${[err, out].join('\n').trim()}`);
}

/**
 * Runs a program in the project's root and shows its output. Resolves with the exit code, 1 if a signal ended
 * it.
 *
 * @param env added to the environment of this process.
 */
export async function showProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(program, [...args], { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code]: readonly unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
