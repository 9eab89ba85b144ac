import { CANARY_CONTROL, hasCanaryTag, isCanaryGroup, isMarkedFor, isMarker } from '../../domain/canary.ts';
import type { AnyControl } from '../../domain/controls/control.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import type { Group } from '../../domain/group.ts';

/** A group as a control sees it: the canary's marker is for its own control alone, and only in the cell that the group belongs to. */
export const seenBy = ({ id }: Pick<AnyControl, 'id'>, group: Group, cell: string | undefined): Group =>
  !hasCanaryTag(group) || (id === CANARY_CONTROL && isMarkedFor(group, cell))
    ? group
    : { ...group, rules: group.rules.filter((rule) => !isMarker(rule)) };

/**
 * What counts of the findings about a group. The marker is always of the cell's own bringing, never something that was there before, which
 * the budget counts and a freeze holds up. Of the canary's group as such (its use, its name, who made it) there is nothing to say.
 */
export const countedFindings = (findings: readonly Finding[], group: Group): readonly Finding[] =>
  hasCanaryTag(group)
    ? findings
        .filter(({ rules }) => rules.length > 0 || !isCanaryGroup(group))
        .map((finding) => (finding.control === CANARY_CONTROL ? { ...finding, freshness: 'fresh' } : finding))
    : findings;
