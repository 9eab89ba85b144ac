const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How much of a limit a text takes. Of two texts in a row: the sum. */
export type Weight = (text: string) => number;

const inCharacters: Weight = (text) => text.length;

/**
 * A text, or as much of its beginning as weighs no more than `most`, with an ellipsis for the rest. Never half of what people see as one
 * character: the window is as long as the limit, so its last cluster, which may go on behind it, is never one of those that are kept.
 */
export const clip = (text: string, most: number, weigh: Weight = inCharacters): string => {
  if (weigh(text) <= most) return text;
  let kept = '';
  let weight = 0;
  for (const { segment } of GRAPHEMES.segment(text.slice(0, most))) {
    weight += weigh(segment);
    if (weight > most - 1) break;
    kept += segment;
  }
  return `${kept}…`;
};
