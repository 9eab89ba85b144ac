import { BASE_32 } from './base32.ts';
import type { Plan } from './decision.ts';

/** Characters that hold 48 bits of milliseconds: until the year 10889. */
const TIME_LENGTH = 10;

/** Characters of the plan's name that follow: 80 bits of its hash. */
const NAME_LENGTH = 16;

const timeText = (ms: number): string =>
  Array.from({ length: TIME_LENGTH }, (_, place) =>
    BASE_32.charAt(Math.floor(ms / 32 ** (TIME_LENGTH - 1 - place)) % 32),
  ).join('');

/** Anything that may be the id of a remediation. */
export const REMEDIATION_ID = new RegExp(`^[${BASE_32}]{${TIME_LENGTH + NAME_LENGTH}}$`);

/**
 * What people call a remediation: 26 characters, the time of its plan and then its name, so that later ones sort after earlier ones.
 * Of the plan as it was recorded first: a later try at the same case has another time.
 */
export const remediationId = ({ at, id }: Pick<Plan, 'at' | 'id'>): string => timeText(at) + id.slice(0, NAME_LENGTH);

/** When the remediation was planned, milliseconds since the epoch. */
export const plannedAt = (id: string): number =>
  Array.from(id.slice(0, TIME_LENGTH)).reduce((sum, letter) => sum * 32 + BASE_32.indexOf(letter), 0);
