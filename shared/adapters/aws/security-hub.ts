import { type AwsSecurityFinding, BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { partition } from '@aws-sdk/core/client';
import type { FindingsPublisher, ReportedOutcome } from '../../domain/ports.ts';
import type { Clock } from '../../domain/runtime.ts';
import type { ClientSettings } from './clients/settings.ts';
import { type EntryRefusal, retryEntry } from './retry-entry.ts';

/** How an outcome becomes a finding of Security Hub in a region. */
export interface SecurityHubOut {
  readonly findingFor: (
    outcome: ReportedOutcome,
    hub: { readonly region: string; readonly partition: string },
  ) => AwsSecurityFinding;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** A client for Security Hub. */
export function securityHubClient(settings: ClientSettings): SecurityHubClient {
  return new SecurityHubClient(settings);
}

/**
 * Publishes findings to AWS Security Hub. The call succeeds even if it rejects the finding; the answer has
 * the error.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
export function securityHub(
  client: Pick<SecurityHubClient, 'send' | 'config'>,
  { findingFor, clock }: SecurityHubOut,
): FindingsPublisher {
  return {
    async publish(outcome) {
      const region = await client.config.region();
      const finding = findingFor(outcome, { region, partition: partition(region).name });
      const put = async (): Promise<EntryRefusal | undefined> => {
        const { FailedFindings = [] } = await client.send(new BatchImportFindingsCommand({ Findings: [finding] }));
        const [failed] = FailedFindings;
        return failed && { code: failed.ErrorCode ?? 'Unknown', message: failed.ErrorMessage ?? 'no reason given' };
      };
      await retryEntry('BatchImportFindings', put, clock);
    },
  };
}
