import type { Plan } from './decision.ts';

/** Crockford's alphabet of base 32, lower case: no letter that a person could mistake for another. In ASCII order, so texts sort as numbers do. */
export const BASE_32 = '0123456789abcdefghjkmnpqrstvwxyz';

/** Characters that hold 48 bits of milliseconds: until the year 10889. */
const TIME_LENGTH = 10;

/** Characters of the plan's name that follow: 80 bits of its hash. */
const NAME_LENGTH = 16;

function timeText(ms: number): string {
  return Array.from({ length: TIME_LENGTH }, (_, place) =>
    BASE_32.charAt(Math.floor(ms / 32 ** (TIME_LENGTH - 1 - place)) % 32),
  ).join('');
}

/** Anything that may be the id of a remediation. */
export const REMEDIATION_ID = new RegExp(`^[${BASE_32}]{${TIME_LENGTH + NAME_LENGTH}}$`);

/**
 * What people call a remediation: 26 characters, the time of its plan and then its name, so that later ones sort after earlier ones.
 * Of the plan as it was recorded first: a later try at the same case has another time.
 */
export function remediationId({ at, id }: Pick<Plan, 'at' | 'id'>): string {
  return timeText(at) + id.slice(0, NAME_LENGTH);
}

/** When the remediation was planned, milliseconds since the epoch. */
export function plannedAt(id: string): number {
  return Array.from(id.slice(0, TIME_LENGTH)).reduce((sum, letter) => sum * 32 + BASE_32.indexOf(letter), 0);
}
