import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '../../shared/catalogue.ts';
import { acceptFindings } from './accepted-findings.ts';
import { queueEncryption, SQS_MANAGED_KEY } from './encryption.ts';

/** A queue for events that found no way: kept as long as SQS can, 14 days, for somebody to look and to send them again. */
export function lostEvents(scope: Construct, id: DeadLetterQueue, key: IKey | undefined): Queue {
  const queue = new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...queueEncryption(key),
  });
  if (!key) acceptFindings(queue, SQS_MANAGED_KEY);
  return queue;
}

/** Who may write: one role, or one service in the name of these resources. */
export type Writer =
  | { readonly role: IRole }
  | {
      /** Such as `events.amazonaws.com`. */
      readonly service: string;
      readonly sourceArns: readonly string[];
    };

/** Only AWS sets these keys, so that nobody can claim to be somebody else. A request without the key is refused, too. */
const unlessBy = (writer: Writer): Record<string, unknown> => ({
  ArnNotEquals:
    'role' in writer ? { 'aws:PrincipalArn': writer.role.roleArn } : { 'aws:SourceArn': onlyOrAll(writer.sourceArns) },
});

const onlyOrAll = (arns: readonly string[]): string | readonly string[] => (arns.length === 1 ? (arns[0] ?? '') : arns);

/**
 * Nobody writes into this queue but its one writer. A message of the queue is acted on later: on-alert tells people what it says, and
 * whoever redrives does so with the permissions of an administrator.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalArn: of a session, its role)
 */
export function writtenOnlyBy(queue: IQueue, writer: Writer): void {
  const what = { actions: ['sqs:SendMessage'], resources: [queue.queueArn] };
  if ('service' in writer)
    queue.addToResourcePolicy(
      new PolicyStatement({
        ...what,
        principals: [new ServicePrincipal(writer.service)],
        conditions: { ArnEquals: { 'aws:SourceArn': onlyOrAll(writer.sourceArns) } },
      }),
    );
  queue.addToResourcePolicy(
    new PolicyStatement({
      ...what,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      conditions: unlessBy(writer),
    }),
  );
}
