import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../infra/build/bundle.ts';
import { runProgram } from '../../run-program.ts';
import { stacksIn } from '../assembly.ts';
import { ACCOUNT, programEnvironment } from '../surroundings.ts';

/** Outputs of a stack, by name. */
type Outputs = Readonly<Record<string, string>>;

const CDK = path.join(ROOT, 'node_modules/aws-cdk/bin/cdk');

/**
 * Synthesises the cell with these options into a folder, as `npm run synth` does. Rejects with the CDK's
 * output.
 */
export async function synthesise(
  folder: string,
  scratch: string,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const context = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  await runProgram(process.execPath, [CDK, 'synth', '--quiet', '-o', folder, ...context], programEnvironment(scratch));
}

/** A deployer of stacks to an endpoint. */
export interface Deployer {
  /**
   * Deploys every stack of a folder into its region. Returns the outputs by stack. Rejects with the CDK's
   * output.
   */
  readonly deploy: (folder: string) => Promise<Readonly<Record<string, Outputs>>>;
}

/** Deploys with the CDK's command line. Bootstraps a region before its first stack. */
export function deployer(endpoint: string, scratch: string): Deployer {
  const env = programEnvironment(scratch, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'not-checked',
  });
  const bootstrapped = new Set<string>();
  const cdk = async (...args: readonly string[]) => runProgram(process.execPath, [CDK, ...args], env);
  return {
    async deploy(folder) {
      const regions = new Set(stacksIn(folder).map(({ region }) => region));
      const fresh = [...regions].filter((region) => !bootstrapped.has(region));
      if (fresh.length > 0) {
        await cdk('bootstrap', '--app', folder, ...fresh.map((region) => `aws://${ACCOUNT}/${region}`));
        for (const region of fresh) bootstrapped.add(region);
      }
      const outputs = path.join(scratch, 'outputs.json');
      await cdk('deploy', '--all', '--app', folder, '--require-approval', 'never', '--outputs-file', outputs);
      return JSON.parse(readFileSync(outputs, 'utf8'));
    },
  };
}
