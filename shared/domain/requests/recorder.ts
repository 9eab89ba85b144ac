/** Which types of resource a recorder is about. */
export type RecordedTypes =
  | { readonly kind: 'all' }
  | { readonly kind: 'only' | 'all-but'; readonly types: readonly string[] };

/** The account's own recorder of AWS Config in a region. */
export interface Recorder {
  readonly name: string;
  readonly isRecording: boolean;
  readonly about: RecordedTypes;
  /** Types that are recorded once a day at the most, not at each change. */
  readonly daily: RecordedTypes;
  /** Why its last delivery failed; absent: it did not. */
  readonly fault?: string;
}

/** AWS Config's recorders. */
export interface Recorders {
  /** The region that it looks at. */
  region(): Promise<string>;
  /** There is one at the most today; none where nobody has set AWS Config up. Throws CallFailed. */
  list(): Promise<readonly Recorder[]>;
}
