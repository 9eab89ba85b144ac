import { type AwsSecurityFinding, BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { partition } from '@aws-sdk/core/client';
import type { Clock, Findings, Reported } from '../../../domain/ports.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { type Refusal, untilTaken } from '../dynamodb/taken.ts';

/** How an outcome reads as a finding of the account's Security Hub in a region. */
export interface SecurityHubOut {
  readonly findingFor: (
    outcome: Reported,
    hub: { readonly region: string; readonly partition: string },
  ) => AwsSecurityFinding;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** A client for Security Hub, in the function's own region. */
export const securityHubClient = (settings: ClientSettings): SecurityHubClient => new SecurityHubClient(settings);

/**
 * Findings in AWS Security Hub. The call succeeds though it has not taken the finding, and says so in its answer.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
export const securityHub = (
  client: Pick<SecurityHubClient, 'send' | 'config'>,
  { findingFor, clock }: SecurityHubOut,
): Findings => ({
  async publish(outcome) {
    const region = await client.config.region();
    const finding = findingFor(outcome, { region, partition: partition(region).name });
    const put = async (): Promise<Refusal | undefined> => {
      const { FailedFindings = [] } = await client.send(new BatchImportFindingsCommand({ Findings: [finding] }));
      const [failed] = FailedFindings;
      return failed && { code: failed.ErrorCode ?? 'Unknown', message: failed.ErrorMessage ?? 'no reason given' };
    };
    await untilTaken('BatchImportFindings', put, clock);
  },
});
