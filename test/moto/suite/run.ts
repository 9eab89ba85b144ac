import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { motoPython, motoSource } from '../environment.ts';
import { compareOutcomes, type Outcome, type SuiteReport } from './compare-outcomes.ts';
import { differences } from './differences.ts';
import { startResettableAccount } from './resettable-account.ts';

/** moto's tests for security groups, rules, prefix lists, interfaces and related operations. */
const FILES = [
  'test_security_groups.py',
  'test_prefix_lists.py',
  'test_elastic_network_interfaces.py',
  'test_vpc_peering.py',
  'test_internet_gateways.py',
  'test_availability_zones_and_regions.py',
];

const root = join(import.meta.dirname, '../../..');

/** The outcomes of moto's tests against an endpoint. Throws an Error if pytest could not run them. */
async function outcomesOf(python: string, source: string, endpoint: string): Promise<readonly Outcome[]> {
  const scratch = mkdtempSync(join(root, '.venv-moto', 'outcomes-'));
  const file = join(scratch, 'outcomes.jsonl');
  const options = ['-q', '--tb=no', '--no-summary', '-p', 'no:cacheprovider', '-p', 'outcomes'];
  const paths = FILES.map((name) => `tests/test_ec2/${name}`);
  const child = spawn(python, ['-m', 'pytest', ...options, ...paths], {
    cwd: source,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      MOTO_SUITE_OUTCOMES: file,
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      TEST_SERVER_MODE: 'true',
      TEST_SERVER_MODE_ENDPOINT: endpoint,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_MAX_ATTEMPTS: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  const [code]: readonly unknown[] = await once(child, 'exit');
  try {
    // pytest ends with 1 if tests failed; other codes mean that it did not run them all.
    if ((code !== 0 && code !== 1) || !existsSync(file)) throw new Error(`pytest ended with code ${String(code)}`);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function print({ counts, problems }: SuiteReport): void {
  for (const [file, { passed, listed, skipped, total }] of counts) {
    console.log(`${file}: ${passed} of ${total} pass, ${listed} differ as listed, ${skipped} are skipped by moto`);
  }
  for (const problem of problems) console.error(problem);
  const sum = (pick: 'passed' | 'listed' | 'skipped') => counts.values().reduce((all, count) => all + count[pick], 0);
  console.log(
    `${sum('listed')} differ as listed in test/moto/suite/differences.ts, ${sum('skipped')} are skipped by moto`,
  );
  console.log(`${sum('passed')} passed, ${problems.length} failed`);
}

try {
  const python = await motoPython();
  const source = await motoSource(python);
  const account = await startResettableAccount();
  try {
    const report = compareOutcomes(await outcomesOf(python, source, account.endpoint), differences);
    print(report);
    process.exitCode = report.problems.length === 0 ? 0 : 1;
  } finally {
    await account.close();
  }
} catch (cause) {
  console.error(`test:moto-suite could not run: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
}
