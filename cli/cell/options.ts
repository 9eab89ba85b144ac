import { doorName } from '../../shared/catalogue.ts';

/** Options of every command that talks to a cell with the caller's own credentials. */
export const ACCOUNT_OPTIONS = {
  region: { value: 'REGION', help: 'the region that the cell runs in' },
  profile: { value: 'NAME', help: "a profile of the AWS CLI's configuration" },
} as const;

/** The function that obeys, by its alias for requests, unless another one is named: that of a stack with the default name. */
export const FUNCTION_NAME = doorName('onGrant', 'requests');

/** The same, for commands that the function obeys. */
export const CELL_OPTIONS = {
  ...ACCOUNT_OPTIONS,
  function: { value: 'NAME', help: `the function of the cell that obeys (default ${FUNCTION_NAME})` },
} as const;

/** What `--dry-run` prints, for commands that the cell can answer without doing them. */
export const DRY_RUN = 'print what the cell would answer, and change nothing';

/** `--reason`, for every command that changes something. */
export const REASON_OPTION = { value: 'TEXT', help: 'why: goes on the record, and people are told' } as const;
