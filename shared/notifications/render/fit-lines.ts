import { clip, type Weight } from './clip.ts';

/** How much may be told. */
export interface Room {
  readonly all: number;
  readonly line: number;
  readonly weigh: Weight;
}

/** The first lines, each cut to its own share, and how many are left. */
export interface Fitted {
  readonly lines: readonly string[];
  readonly left: number;
}

/** As many of the lines, from the first, as fit with a line break after each; a count of the rest has to find room besides. */
export const fitLines = (lines: readonly string[], { all, line, weigh }: Room): Fitted => {
  const fitting: string[] = [];
  const lineBreak = weigh('\n');
  let weight = 0;
  for (const whole of lines) {
    const cut = clip(whole, line, weigh);
    weight += weigh(cut) + lineBreak;
    if (weight > all) break;
    fitting.push(cut);
  }
  return { lines: fitting, left: lines.length - fitting.length };
};
