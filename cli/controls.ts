import { CONTROLS } from '../shared/controls/registry.ts';
import { columns } from '../shared/reports/lines.ts';
import { SEVERITY_TONES } from '../shared/reports/paint.ts';
import { type Command, EXIT } from './command.ts';
import { paintFor } from './paint.ts';

/** `portcullis controls` */
export const controls: Command = {
  name: 'controls',
  takes: '',
  most: 0,
  summary: 'List the controls, with the modes of the preset guard',
  options: {},
  details: 'A mode is given for rules that a change brings (fresh) and for rules that are there before (existing).',
  run: async (_args, terminal) => {
    const paint = paintFor(terminal);
    const rows = CONTROLS.map(({ id, severity, defaults, title }) => [
      id,
      severity,
      `${defaults.fresh} / ${defaults.existing}`,
      title,
    ]);
    const [head = [], ...body] = columns([['control', 'severity', 'fresh / existing', ''], ...rows]);
    const lines = body.map(([id = '', severity = '', ...rest], index) => {
      const tone = SEVERITY_TONES[CONTROLS[index]?.severity ?? 'low'];
      return [id, paint(tone, severity), ...rest].join('  ');
    });
    terminal.out([paint('faint', head.join('  ').trimEnd()), ...lines, ''].join('\n'));
    return EXIT.clean;
  },
};
