import type { Paint, Tone } from '../shared/reports/paint.ts';

/**
 * Select Graphic Rendition codes: red, yellow, green, faint, bold.
 *
 * @see https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ (8.3.117)
 */
const CODES = { bad: 31, warning: 33, good: 32, faint: 2, strong: 1 } as const satisfies Record<Tone, number>;

/** Colours for a terminal. */
const coloured: Paint = (tone, text) => `\x1b[${CODES[tone]}m${text}\x1b[0m`;

const uncoloured: Paint = (_tone, text) => text;

/** Colours where they are shown, the bare text elsewhere. */
export const paintFor = ({ colour }: { readonly colour: boolean }): Paint => (colour ? coloured : uncoloured);
