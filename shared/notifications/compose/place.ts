import type { AlertSettings } from '../../domain/controls/policy.ts';

/** What a message depends on besides what it tells of: the cell it comes from, and how the policy has people told. */
export interface Place {
  /** The cell's own: where news happened that name no other. */
  readonly account: string;
  readonly region: string;
  /** AWS's partition of the account and of all its regions, such as `aws` or `aws-eusc`. */
  readonly partition: string;
  /** Milliseconds since the epoch: when news are told. */
  readonly now: number;
  /** As people know the account. */
  readonly accountAlias?: string;
  readonly settings: Pick<AlertSettings, 'ownerTags' | 'docsUrl'>;
}
