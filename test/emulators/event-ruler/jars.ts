import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../infra/build/bundle.ts';
import { runProgram } from '../../run-program.ts';

const POM = path.join(import.meta.dirname, 'pom.xml');

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/**
 * Returns the class path of event-ruler, as the argument of `java -cp`. Fetches the jars with Maven unless
 * they were fetched for this pom.xml.
 *
 * Rejects with an Error that names the command and the reason, for example that Java or Maven is not
 * installed.
 */
export async function eventRulerJars(): Promise<string> {
  await runProgram('java', ['-version']);
  const folder = path.join(ROOT, 'dist/event-ruler');
  const [fetched, pom] = [path.join(folder, 'fetched-for.xml'), readFileSync(POM, 'utf8')];
  if (!existsSync(fetched) || readFileSync(fetched, 'utf8') !== pom) {
    await runProgram('mvn', ['--batch-mode', '--quiet', '--file', POM, PLUGIN, `-DoutputDirectory=${folder}`]);
    writeFileSync(fetched, pom);
  }
  return path.join(folder, '*');
}
