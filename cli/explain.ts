import { formatRule } from '../shared/exposure/format.ts';
import type { Case } from '../shared/model/control.ts';
import { InputInvalid } from '../shared/model/errors.ts';
import { type Paint, SEVERITY_TONES } from '../shared/reports/paint.ts';
import { type Command, EXIT } from './command.ts';
import { type DocumentedControl, documented } from './control-docs.ts';
import { paintFor } from './paint.ts';

const caseLines = ({ title, rules, groupName, attachments = [] }: Case): readonly string[] => [
  `  - ${title}`,
  ...(groupName === undefined ? [] : [`      in a group named ${groupName}`]),
  ...(attachments.length === 0 ? [] : ['      in use by an interface']),
  ...rules.map((rule) => `      ${formatRule(rule)}`),
];

const frameworkLines = ({ frameworks }: DocumentedControl['docs']): readonly string[] =>
  Object.entries(frameworks).map(([framework, ids]) => `  ${framework}: ${ids.join(', ')}`);

const section = (title: string, lines: readonly string[], paint: Paint): readonly string[] =>
  lines.length === 0 ? [] : ['', paint('strong', title), ...lines];

const text = ({ control, docs }: DocumentedControl, paint: Paint): string => {
  const { valid, invalid } = docs.cases();
  const { fresh, existing, remedy } = control.defaults;
  return [
    `${paint('strong', control.id)}: ${control.title}`,
    `${paint(SEVERITY_TONES[control.severity], control.severity)}; in preset guard: fresh ${fresh}, existing ${existing}; remedy: ${remedy}`,
    ...section('Why', [`  ${docs.why}`], paint),
    ...section('What to do', [`  ${docs.fix}`], paint),
    ...section('Asked for by', frameworkLines(docs), paint),
    ...section(
      'See',
      docs.see.map((link) => `  ${link}`),
      paint,
    ),
    ...section('Fires on', invalid.flatMap(caseLines), paint),
    ...section('Is silent on', valid.flatMap(caseLines), paint),
    '',
  ].join('\n');
};

/** `portcullis explain CONTROL` */
export const explain: Command = {
  name: 'explain',
  takes: 'CONTROL',
  most: 1,
  summary: 'Tell what a control is about: why, what to do, what it fires on',
  options: {},
  details: '`portcullis controls` lists them.',
  run: async ({ positionals: [id] }, terminal) => {
    if (id === undefined)
      throw new InputInvalid('explain: expected the id of a control (portcullis controls lists them)');
    terminal.out(text(await documented(id), paintFor(terminal)));
    return EXIT.clean;
  },
};
