import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../infra/bundle.ts';

function reasonOf(cause: unknown, program: string): string {
  if (!(cause instanceof Error)) return String(cause);
  if ('code' in cause && cause.code === 'ENOENT') return `${program} is not installed`;
  const printed = [cause].flatMap((error) => [
    'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '',
    'stdout' in error && typeof error.stdout === 'string' ? error.stdout.trim() : '',
  ]);
  return printed.find((text) => text !== '') ?? cause.message;
}

/**
 * Runs a program to its end and returns what it printed to its standard output.
 *
 * @throws Error that names the command, and the reason: the program is not installed, or what it printed before it failed.
 */
export function runProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env });
  } catch (cause) {
    throw new Error(`${program} ${args.join(' ')} failed: ${reasonOf(cause, program)}`, { cause });
  }
}

/**
 * Runs a program in the project's root with its output shown. Resolves with its exit code, 1 if a signal ended it.
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
