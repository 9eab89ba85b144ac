/** Controls that are reported together: one rule of AWS Config stands for each family, since every evaluation costs money. */
export interface Family {
  /** What the rule of AWS Config says of itself. */
  readonly title: string;
  /** Ids of the controls. */
  readonly controls: readonly string[];
}

/**
 * Every control that judges a group as it stands, in one family each. Controls that judge a change alone (flapping, unmanaged-change) are in
 * none: AWS Config tells of states. Nor is the canary, whose marker is the cell's own.
 */
export const FAMILIES = {
  admin: { title: 'No admin port is open to the world', controls: ['world-open-admin'] },
  database: { title: 'No database port is open to the world', controls: ['world-open-database'] },
  cache: { title: 'No cache or queue port is open to the world', controls: ['world-open-cache'] },
  world: {
    title: 'Nothing but what is public by design is open to the world',
    controls: ['world-open-everything', 'world-open-other', 'world-open-protocol', 'world-open-together'],
  },
  egress: { title: 'Not everything may go out to the world', controls: ['world-open-egress'] },
  'default-group': {
    title: 'Default groups are empty and unused',
    controls: ['default-group-rules', 'default-group-in-use'],
  },
  tiers: { title: 'Sources are no wider than the tiers need', controls: ['tier-source', 'wide-source'] },
  sprawl: {
    title: 'Groups are used, distinct and named by the scheme',
    controls: [
      'unused-group',
      'duplicate-group',
      'group-per-instance',
      'one-group-everywhere',
      'stale-reference',
      'naming',
    ],
  },
} as const satisfies Readonly<Record<string, Family>>;
