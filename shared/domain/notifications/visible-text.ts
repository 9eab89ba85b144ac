/**
 * A character that people see. Separators, controls, zero-width and bidirectional formats, fillers and the Braille blank show nothing;
 * a combining mark shows nothing by itself.
 *
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const VISIBLE = /[^\p{Z}\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text shows nothing, whatever characters it has. */
export const isBlank = (text: string): boolean => !VISIBLE.test(text);
