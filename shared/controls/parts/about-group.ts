import type { Finding, Freshness, Severity } from '../../domain/controls/finding.ts';

/** A finding about a group as such: no rule of it is to blame, so `detail` has to say what is wrong. */
export const aboutGroup = (control: string, severity: Severity, freshness: Freshness, detail: string): Finding => ({
  control,
  severity,
  freshness,
  rules: [],
  exposures: [],
  detail,
});

/** What the finding says of itself. */
export const explainDetail = ({ detail = '' }: Finding): string => detail;
