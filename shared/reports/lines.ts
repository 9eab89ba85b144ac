import { plain } from '../network/text/format.ts';

/** Text of several lines by strangers, each line made safe to print with its indentation kept. */
export const plainLines = (text: string): readonly string[] =>
  text.split(/\r?\n/).map((line) => `${/^ */.exec(line)?.[0] ?? ''}${plain(line)}`);

/** `1 rule`, `2 rules` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Columns as wide as their widest cell, two spaces between; the last one is not padded. */
export const columns = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] => {
  const widths = rows.reduce<number[]>((wide, row) => {
    for (const [index, cell] of row.entries()) wide[index] = Math.max(wide[index] ?? 0, cell.length);
    return wide;
  }, []);
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))),
  );
};
