import type { Brought } from '../../domain/change.ts';
import type { Finding } from '../../domain/controls/finding.ts';
import { type Limit, lowerMode } from '../../domain/controls/mode.ts';

const limitFor = (id: string, version: number | undefined): Limit => {
  const back = version === undefined ? `the version of ${id} before it` : `version ${version} of ${id}`;
  return {
    mode: 'approve',
    reason: `a change to prefix list ${id} brought this: going back to ${back} takes it back; revoking every rule that names the list would cut off what else it admits`,
  };
};

/**
 * What a changed prefix list brought is held at `approve`: the list has versions to go back to, and rules that name it admit others
 * too. A limit that the finding has already stays where it is lower.
 */
export const heldByList = (finding: Finding, brought: Brought): Finding => {
  if (brought.kind !== 'prefix-list' || finding.freshness !== 'fresh') return finding;
  if (!finding.rules.some(({ source }) => source.kind === 'prefix-list' && source.id === brought.id)) return finding;
  const limit = limitFor(brought.id, brought.version);
  const { limit: known } = finding;
  return known !== undefined && lowerMode(known.mode, limit.mode) === known.mode ? finding : { ...finding, limit };
};
