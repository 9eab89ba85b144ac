import { InputInvalid } from '../shared/domain/errors.ts';
import { type Block, controlPage, type Section } from '../shared/policy/page/control-page.ts';
import { type Paint, SEVERITY_TONES } from '../shared/reports/paint.ts';
import { safeJson } from './cell/lines.ts';
import { type Command, EXIT } from './command.ts';
import { type DocumentedControl, documented } from './control-docs.ts';
import { formatOf } from './format-option.ts';
import { PRINTING_EXIT_CODES } from './help.ts';
import { paintFor } from './paint.ts';

const indented = (lines: readonly string[], by: number): readonly string[] =>
  lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`));

const blockLines = (block: Block): readonly string[] => {
  switch (block.kind) {
    case 'text':
      return indented([block.text], 2);
    case 'code':
      return indented(block.text.split('\n'), 6);
    case 'list':
      return block.items.flatMap(({ text, under }) => [...indented([`- ${text}`], 2), ...indented(under, 6)]);
    default:
      return block satisfies never;
  }
};

const sectionLines = ({ title, blocks }: Section, paint: Paint): readonly string[] => [
  '',
  paint('strong', title),
  ...blocks.flatMap(blockLines),
];

const textOf = ({ control, docs }: DocumentedControl, paint: Paint): string =>
  [
    `${paint('strong', control.id)}: ${control.title} (${paint(SEVERITY_TONES[control.severity], control.severity)})`,
    ...controlPage(control, docs).flatMap((section) => sectionLines(section, paint)),
    '',
  ].join('\n');

const jsonOf = ({ control, docs }: DocumentedControl): string => {
  const { id, title, severity } = control;
  return safeJson({ kind: 'control', id, title, severity, sections: controlPage(control, docs) });
};

/** `portcullis explain CONTROL` */
export const explain: Command = {
  name: 'explain',
  takes: 'CONTROL',
  most: 1,
  summary: 'Explain a control: why it exists, what it fires on, how to fix a finding, how to configure it',
  options: {},
  details: '`portcullis controls` lists the controls.',
  exitCodes: PRINTING_EXIT_CODES,
  run: async (args, terminal) => {
    const format = formatOf(args);
    const [id] = args.positionals;
    if (id === undefined)
      throw new InputInvalid('explain: expected the id of a control (portcullis controls lists them)');
    const control = await documented(id);
    terminal.out(format === 'json' ? jsonOf(control) : textOf(control, paintFor(terminal)));
    return EXIT.done;
  },
};
