import { readFileSync, writeFileSync } from 'node:fs';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { jsonSchemaText } from '../../shared/policy/schema/json.ts';
import { catalogueText } from './catalogue.ts';
import { conformancePackText } from './conformance-pack.ts';
import { optionsText } from './options.ts';
import { registryText } from './registry.ts';
import { stackRulesText } from './stack-rules.ts';

const ROOT = new URL('../../', import.meta.url);

/** Files that are derived from others, with what they should hold. */
const generated: ReadonlyMap<string, string> = new Map([
  ['shared/controls/registry.ts', await registryText()],
  ['portcullis.schema.json', jsonSchemaText(CONTROLS)],
  ['docs/controls.md', await catalogueText()],
  ['docs/options.md', optionsText()],
  ['infra/conformance-pack.yaml', conformancePackText()],
  ['infra/local/stack-rules.generated.json', stackRulesText()],
]);

const isCurrent = (file: string, text: string): boolean => {
  try {
    return readFileSync(new URL(file, ROOT), 'utf8') === text;
  } catch {
    return false;
  }
};

const stale = [...generated].filter(([file, text]) => !isCurrent(file, text));

if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not up to date: run \`npm run generate\``);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [file, text] of stale) {
    writeFileSync(new URL(file, ROOT), text);
    console.log(`wrote ${file}`);
  }
}
