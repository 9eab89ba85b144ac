import { readFileSync, writeFileSync } from 'node:fs';
import { REASONS } from '../../shared/domain/reasons.ts';
import { controlRegistryText } from './control-registry.ts';

const ROOT = new URL('../../', import.meta.url);
const isCheck = process.argv.includes('--check');

function isCurrent(file: string, text: string): boolean {
  try {
    return readFileSync(new URL(file, ROOT), 'utf8') === text;
  } catch {
    return false;
  }
}

const REASONS_HEADING = '## Reasons\n';

/** The troubleshooting page, with its last section made from `REASONS`. */
function troubleshootingPageText(): string {
  const page = readFileSync(new URL('docs/troubleshooting.md', ROOT), 'utf8');
  const [start] = page.split(REASONS_HEADING);
  const rows = Object.entries(REASONS).map(([reason, sentence]) => `| \`${reason}\` | ${sentence} |`);
  return `${[`${start}${REASONS_HEADING}`, '| reason | meaning |', '|---|---|', ...rows].join('\n')}\n`;
}

/** Writes a generated file if it is out of date. With `--check`, reports it instead. */
function generate(file: string, text: string): void {
  if (isCurrent(file, text)) return;
  if (isCheck) {
    console.error(`${file} is not up to date: run \`npm run generate\``);
    process.exitCode = 1;
  } else {
    writeFileSync(new URL(file, ROOT), text);
    console.log(`wrote ${file}`);
  }
}

// The other files are made from the registry, so it is written before any module that imports it is loaded.
generate('shared/controls/registry.ts', await controlRegistryText());

const { CONTROLS } = await import('../../shared/controls/registry.ts');
const { jsonSchemaText } = await import('../../shared/policy/schema/schema.ts');
const { controlsPageText } = await import('./controls-page.ts');
const { optionsPageText } = await import('./options-page.ts');
const { conformancePackText } = await import('./conformance-pack.ts');
const { stackRulesText } = await import('./stack-rules.ts');

generate('portcullis.schema.json', jsonSchemaText(CONTROLS));
generate('docs/controls.md', await controlsPageText());
generate('docs/options.md', optionsPageText());
generate('docs/troubleshooting.md', troubleshootingPageText());
generate('infra/conformance-pack.yaml', conformancePackText());
generate('infra/local/stack-rules.generated.json', stackRulesText());
