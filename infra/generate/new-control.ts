import { writeFileSync } from 'node:fs';

const [id = ''] = process.argv.slice(2);

function camel(text: string): string {
  return text.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function template(name: string): string {
  return `import type { Control, ControlDocs } from '../domain/control.ts';
import { NEW_RULES, ruleFindings } from './parts/common.ts';
import { aCase, ingress } from './parts/documentation.ts';

const id = '${name}';
const severity = 'medium';

/**
 * What is wrong, in one sentence.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
export const ${camel(name)}: Control = {
  id,
  title: 'What is wrong, as a headline',
  severity,
  on: NEW_RULES,
  needs: {},
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke' },
  evaluate: ({ group, fresh }) =>
    ruleFindings(
      id,
      severity,
      group.rules.filter((rule) => rule.description === '${name}'),
      fresh,
    ),
  explain: ({ rules }) => \`\${rules.length} rules\`,
};

/** Documentation of ${name}. */
export const docs = {
  why: 'What an attacker can do with it.',
  fires: 'What the control evaluates, and when it fires.',
  fix: () => ({
    instead: 'What to do instead.',
    console: 'The steps in the console.',
    cli: 'aws ec2 …',
    cdk: '// …',
    terraform: '# …',
  }),
  example: '${name}: {existing: alert}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html'],
  cases: () => ({
    invalid: [aCase('the control fires', [{ ...ingress('tcp', 22, '10.0.0.0/8'), description: '${name}' }])],
    valid: [aCase('the control does not fire', [ingress('tcp', 22, '10.0.0.0/8')])],
  }),
} satisfies ControlDocs;
`;
}

if (/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
  const file = `shared/controls/${id}.ts`;
  writeFileSync(new URL(`../../${file}`, import.meta.url), template(id), { flag: 'wx' });
  console.log(`wrote ${file}: write the control and its documentation, then run \`npm run generate\` and \`npm test\``);
} else {
  console.error(`new:control: expected an id such as world-open-admin, got ${JSON.stringify(id)}`);
  process.exitCode = 2;
}
