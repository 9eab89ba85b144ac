import type { Decision } from './decision.ts';
import type { GroupIdentity, Rule, RuleContent } from './group.ts';

/** Id of the control that closes the canary's marker. */
export const CANARY_CONTROL = 'canary';

/** Tag of the group that a cell made for its canary. Its value is the name of the cell. */
export const CANARY_TAG = 'portcullis:canary';

/** The group that a cell puts its marker into: attached to nothing, and without any other rule. Several cells in an account each have one. */
export function canaryGroup(cell: string) {
  return {
    name: `${cell}-canary`,
    description: 'Portcullis puts a rule into it and measures how long it takes to close it. Attach it to nothing.',
    tags: { [CANARY_TAG]: cell },
  };
}

const CIDR = '192.0.2.0/24';
const PORT = 9;
const MARKER_DESCRIPTION = 'Portcullis canary, put ';

/**
 * The rule that is put there: the discard port, from a range that is kept for documentation and routed nowhere. Its description says when,
 * which EC2 keeps with it, so that every way of closing it can tell how long it stood.
 *
 * @param at milliseconds since the epoch.
 * @see https://www.rfc-editor.org/rfc/rfc5737
 */
export function markerRule(at: number): RuleContent {
  return {
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: PORT,
    toPort: PORT,
    source: { kind: 'ipv4', cidr: CIDR },
    description: `${MARKER_DESCRIPTION}${new Date(at).toISOString()}`,
  };
}

/** Whether a rule lets through what the marker does. */
export function isMarker({ direction, protocol, fromPort, toPort, source }: RuleContent): boolean {
  return (
    direction === 'ingress' &&
    protocol === 'tcp' &&
    fromPort === PORT &&
    toPort === PORT &&
    source.kind === 'ipv4' &&
    source.cidr === CIDR
  );
}

/** When the marker was put, milliseconds since the epoch; undefined where its description does not tell. */
export function markerCreatedAt({ description = '' }: Pick<Rule, 'description'>): number | undefined {
  const at = description.startsWith(MARKER_DESCRIPTION)
    ? Date.parse(description.slice(MARKER_DESCRIPTION.length))
    : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Whether the marker is looked for in a group: whoever sets the tag elsewhere has that one rule closed in silence, and gains nothing. */
export function hasCanaryTag({ tags }: Pick<GroupIdentity, 'tags'>): boolean {
  return Object.hasOwn(tags, CANARY_TAG);
}

/** Whether a group is the canary group of some cell, by name and tag. */
export function isCanaryGroup({ name, tags }: Pick<GroupIdentity, 'name' | 'tags'>): boolean {
  return hasCanaryTag({ tags }) && name === canaryGroup(tags[CANARY_TAG] ?? '').name;
}

/** Whether a cell closes the marker in a group: each cell its own, so that each measures its own way. Outside a cell every one counts. */
export function closesMarkerIn({ tags }: Pick<GroupIdentity, 'tags'>, cell: string | undefined): boolean {
  return hasCanaryTag({ tags }) && (cell === undefined || tags[CANARY_TAG] === cell);
}

/** Whether a decision is about the marker alone: nobody is told of it, as long as all goes well. */
export function isAboutCanary({ findings: because }: Pick<Decision, 'findings'>): boolean {
  return because.length > 0 && because.every(({ control }) => control === CANARY_CONTROL);
}

/**
 * From what age on a marker is late, ms. CloudTrail's events mostly come within 20 seconds, sometimes after minutes.
 */
export const CANARY_LATE_MS = 300_000;
