import type { ControlOptions } from '../../domain/controls/options.ts';
import type { Policy, Trusted } from '../../domain/controls/policy.ts';
import type { SectionIssue } from '../schema/word.ts';

const isNobody = ({ cidrs, prefixListIds }: Trusted): boolean => cidrs.length === 0 && prefixListIds.length === 0;

const issueOf = ({ remedy, narrowTo }: ControlOptions, trusted: Trusted): string | undefined => {
  if (remedy !== 'narrow') {
    return narrowTo === undefined ? undefined : `is what remedy: narrow grants; the remedy is ${remedy}`;
  }
  if (narrowTo === undefined) return 'missing, remedy: narrow needs it';
  if (narrowTo === 'trusted' && isNobody(trusted)) return 'nothing is trusted: name cidrs or prefixLists under trusted';
  if (narrowTo === 'actor' && trusted.cidrs.length === 0 && !trusted.anyActor)
    return 'no address of an actor would be granted: name those within trusted cidrs, or set trusted anyActor to true';
  return undefined;
};

/** Where what is to be granted in place of a rule is at odds with the remedy, or with who is trusted. */
export const remedyIssues = (controls: Policy['controls'], trusted: Trusted): readonly SectionIssue[] =>
  Object.entries(controls).flatMap(([id, options]) => {
    const text = issueOf(options, trusted);
    return text === undefined ? [] : [{ path: ['controls', id, 'narrowTo'], text }];
  });
