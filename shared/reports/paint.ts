import type { Severity } from '../domain/controls/finding.ts';
import type { Verdict } from './report.ts';

/** What a piece of text means; the terminal chooses the colour. */
export type Tone = 'bad' | 'warning' | 'good' | 'faint' | 'strong';

/** Gives a text its tone, or leaves it as it is where there are no colours. */
export type Paint = (tone: Tone, text: string) => string;

/** Tone of a severity. */
export const SEVERITY_TONES = {
  critical: 'bad',
  high: 'bad',
  medium: 'warning',
  low: 'faint',
} as const satisfies Record<Severity, Tone>;

/** Tone of a verdict. */
export const VERDICT_TONES = {
  closed: 'bad',
  asked: 'warning',
  told: 'warning',
  reported: 'faint',
  kept: 'good',
} as const satisfies Record<Verdict, Tone>;
