import { styleText } from 'node:util';
import { type Paint, plainLines, type Tone } from '../../shared/reports/text.ts';

const STYLES = { bad: 'red', warning: 'yellow', good: 'green', faint: 'dim', strong: 'bold' } as const satisfies Record<
  Tone,
  Parameters<typeof styleText>[0]
>;

/** Colours text for a terminal that shows colours; otherwise returns it unchanged. */
export function paintFor({ colour }: { readonly colour: boolean }): Paint {
  if (!colour) return (_tone, text) => text;
  return (tone, text) => styleText(STYLES[tone], text, { validateStream: false });
}

/** A line to print. */
export interface TextLine {
  readonly text: string;
  readonly tone?: Tone;
}

export function textLine(text: string): TextLine {
  return { text };
}

export function tonedLine(tone: Tone, text: string): TextLine {
  return { tone, text };
}

/** Lines that belong to the line above. */
export function indentedLines(texts: readonly string[]): readonly TextLine[] {
  return texts.map((text) => textLine(`  ${text}`));
}

/** Joins lines and makes each safe to print, because reasons, names and descriptions are untrusted. */
export function linesToText(lines: readonly TextLine[], paint: Paint): string {
  return lines
    .map(({ text, tone }) => {
      const safe = plainLines(text).join(' ').trimEnd();
      return `${tone === undefined ? safe : paint(tone, safe)}\n`;
    })
    .join('');
}
