import { CONTROLS } from '../../shared/controls/registry.ts';
import { alignColumns, type Paint, SEVERITY_TONES } from '../../shared/reports/text.ts';
import { type Command, EXIT } from '../command.ts';
import { resultPrinter } from '../output/format.ts';

/** `portcullis controls` */
export const controls: Command = {
  name: 'controls',
  takes: '',
  most: 0,
  summary: 'List the controls, with the modes of the preset guard',
  options: {},
  details: `Each control has two modes: one for rules that a change adds (fresh), and one for rules that were there before (existing).
The modes listed are those of the preset guard. \`portcullis policy show\` prints the modes of your own policy.`,
  exitCodes: 'printing',
  run: async (args, terminal) => {
    resultPrinter(args, terminal).print({ data: { kind: 'controls', controls: controlsData() }, text: controlsText });
    return EXIT.done;
  },
};

function controlsData() {
  return CONTROLS.map(({ id, severity, title, defaults: { fresh, existing } }) => ({
    id,
    severity,
    fresh,
    existing,
    title,
  }));
}

function controlsText(paint: Paint): string {
  const rows = CONTROLS.map(({ id, severity, defaults, title }) => [
    id,
    severity,
    `${defaults.fresh} / ${defaults.existing}`,
    title,
  ]);
  const [head = [], ...body] = alignColumns([['control', 'severity', 'fresh / existing', ''], ...rows]);
  const lines = body.map(([id = '', severity = '', ...rest], index) => {
    const tone = SEVERITY_TONES[CONTROLS[index]?.severity ?? 'low'];
    return [id, paint(tone, severity), ...rest].join('  ');
  });
  return [paint('faint', head.join('  ').trimEnd()), ...lines, ''].join('\n');
}
