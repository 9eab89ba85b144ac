/** Something wrong with a policy, and the line it stands on. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Place of a value in a policy: keys and indices from the top. */
export type Path = readonly PropertyKey[];
