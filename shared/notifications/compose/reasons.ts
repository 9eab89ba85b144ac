import { CONTROLS } from '../../controls/registry.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import type { Message, Reason } from '../../domain/notifications/message.ts';
import type { Place } from './place.ts';

/** Reasons told one by one. */
const MOST = 20;

const reasonOf = (finding: Finding, { settings: { docsUrl } }: Place): Reason => ({
  control: finding.control,
  severity: finding.severity,
  freshness: finding.freshness,
  text: CONTROLS.find(({ id }) => id === finding.control)?.explain(finding) ?? '',
  ...(docsUrl !== undefined && { url: `${docsUrl}#${encodeURIComponent(finding.control)}` }),
});

/** Why, the same reason once; past 20, the controls tell the rest. */
export const reasonsOf = (because: readonly Finding[], place: Place): readonly Reason[] => {
  const reasons = because.map((finding) => reasonOf(finding, place));
  return [
    ...new Map(reasons.map((reason) => [`${reason.control} ${reason.freshness} ${reason.text}`, reason])).values(),
  ].slice(0, MOST);
};

/** Ids of the controls, each once. */
export const controlsOf = (because: readonly Pick<Finding, 'control'>[]): readonly string[] => [
  ...new Set(because.map(({ control }) => control)),
];

/** The command that tells about the main control, where no link does. */
export const whyWays = (because: readonly Pick<Finding, 'control'>[], { settings }: Place): Message['ways'] =>
  settings.docsUrl === undefined
    ? controlsOf(because)
        .slice(0, 1)
        .map((control) => ({ label: 'About the control', command: `portcullis explain ${control}` }))
    : [];
