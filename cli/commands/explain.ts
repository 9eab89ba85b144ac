import { CONTROLS } from '../../shared/controls/registry.ts';
import type { AnyControl, ControlDocs } from '../../shared/domain/control.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import { controlPage, type PageBlock, type PageSection } from '../../shared/policy/control-page.ts';
import { didYouMean } from '../../shared/policy/schema/issues.ts';
import { type Paint, SEVERITY_TONES } from '../../shared/reports/text.ts';
import { type Command, EXIT } from '../command.ts';
import { resultPrinter } from '../output/format.ts';

interface DocumentedControl {
  readonly control: AnyControl;
  readonly docs: ControlDocs;
}

/**
 * Finds a control by its id and loads its documentation from the file of the same name.
 *
 * @throws InputInvalid if there is no such control.
 */
export async function documentedControl(id: string): Promise<DocumentedControl> {
  const control = CONTROLS.find((one) => one.id === id);
  if (control === undefined) {
    const ids = CONTROLS.map((one) => one.id);
    throw new InputInvalid(`${JSON.stringify(id)} is not a control${didYouMean(id, ids)}; there are ${ids.join(', ')}`);
  }
  const module: { readonly docs: ControlDocs } = await import(`../../shared/controls/${control.id}.ts`);
  return { control, docs: module.docs };
}

/** `portcullis explain CONTROL` */
export const explain: Command = {
  name: 'explain',
  takes: 'CONTROL',
  most: 1,
  summary: 'Explain a control: why it exists, what it fires on, how to fix a finding, how to configure it',
  options: {},
  details: '`portcullis controls` lists the controls.',
  exitCodes: 'printing',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const [id] = args.positionals;
    if (id === undefined)
      throw new InputInvalid('explain: expected the id of a control (portcullis controls lists them)');
    const control = await documentedControl(id);
    printer.print({ data: dataOf(control), text: (paint) => textOf(control, paint) });
    return EXIT.done;
  },
};

function dataOf({ control, docs }: DocumentedControl): object {
  const { id, title, severity } = control;
  return { kind: 'control', id, title, severity, sections: controlPage(control, docs) };
}

function textOf({ control, docs }: DocumentedControl, paint: Paint): string {
  return [
    `${paint('strong', control.id)}: ${control.title} (${paint(SEVERITY_TONES[control.severity], control.severity)})`,
    ...controlPage(control, docs).flatMap((section) => sectionLines(section, paint)),
    '',
  ].join('\n');
}

function sectionLines({ title, blocks }: PageSection, paint: Paint): readonly string[] {
  return ['', paint('strong', title), ...blocks.flatMap(blockLines)];
}

function blockLines(block: PageBlock): readonly string[] {
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
}

function indented(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`));
}
