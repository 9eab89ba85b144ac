import { formatRule, plain } from '../exposure/format.ts';
import type { Rule } from '../model/rule.ts';

/** Rules listed before the rest is counted: a message for 1,000 rules stays far below SNS's 256 KiB. */
const MOST_RULES = 50;

const capped = (title: string, all: readonly string[]): readonly string[] => {
  if (all.length === 0) return [];
  const more = all.length > MOST_RULES ? [`  … and ${all.length - MOST_RULES} more`] : [];
  return [`${title}:`, ...all.slice(0, MOST_RULES).map((line) => `  ${line}`), ...more];
};

/** Rules below a title; nothing where there are none. */
export const listed = (title: string, rules: readonly Rule[]): readonly string[] =>
  capped(title, rules.map(formatRule));

/** Lines below a title; nothing where there are none. */
export const lined = (title: string, lines: readonly string[]): readonly string[] => capped(title, lines.map(plain));
