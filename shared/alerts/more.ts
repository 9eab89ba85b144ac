/** Counts what was cut, and says where all of it is: `… and 488 more; all of it is on record under 01J…` */
export const moreText = (left: number, remediationId: string | undefined): string =>
  `… and ${left} more${remediationId === undefined ? '' : `; all of it is on record under ${remediationId}`}`;
