import { writeFileSync } from 'node:fs';

const [id = ''] = process.argv.slice(2);

const camel = (text: string): string => text.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const template = (name: string): string => `import type { Control, ControlDocs } from '../model/control.ts';
import { aCase, ingress } from './case.ts';

const id = '${name}';
const severity = 'medium';

/**
 * What is wrong, in one line.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
export const ${camel(name)}: Control = {
  id,
  title: 'What is wrong, as a headline',
  severity,
  on: ['rules-added', 'rules-modified', 'group-created', 'sweep'],
  needs: {},
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  evaluate: ({ group, fresh }) => {
    const rules = group.rules.filter((rule) => rule.description === '${name}');
    const kinds = { fresh: rules.filter((rule) => fresh.has(rule)), existing: rules.filter((rule) => !fresh.has(rule)) };
    return (['fresh', 'existing'] as const).flatMap((freshness) =>
      kinds[freshness].length === 0 ? [] : [{ control: id, severity, freshness, rules: kinds[freshness], exposures: [] }],
    );
  },
  explain: ({ rules }) => \`\${rules.length} rules\`,
};

/** Documentation of ${name}. */
export const docs = {
  why: 'What an attacker does with it.',
  fix: 'What to do in its place.',
  frameworks: {},
  see: [],
  cases: () => ({
    invalid: [aCase('fires on this', [{ ...ingress('tcp', 22, '10.0.0.0/8'), description: '${name}' }])],
    valid: [aCase('is silent on that', [ingress('tcp', 22, '10.0.0.0/8')])],
  }),
} satisfies ControlDocs;
`;

if (/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
  const file = `shared/controls/${id}.ts`;
  writeFileSync(new URL(`../../${file}`, import.meta.url), template(id), { flag: 'wx' });
  console.log(`wrote ${file}: write the control, then run \`npm run generate\` and \`npm test\``);
} else {
  console.error(`new:control: expected an id such as world-open-admin, got ${JSON.stringify(id)}`);
  process.exitCode = 2;
}
