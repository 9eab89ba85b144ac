import { AwsError } from './aws-error.ts';
import { queueNamed, type RedrivePolicy } from './queues.ts';
import type { Region } from './region.ts';

const refused = (reason: string): AwsError =>
  new AwsError('InvalidParameterValue', `Value for parameter RedrivePolicy is invalid. Reason: ${reason}`);

function fieldsIn(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    return Object(parsed);
  } catch (cause) {
    throw refused(`Redrive policy is not a valid JSON map (${String(cause)}).`);
  }
}

/**
 * A redrive policy as CreateQueue takes it. Throws InvalidParameterValue, QueueDoesNotExist for a dead-letter queue that is not there.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (RedrivePolicy: 1 to 1,000 receives)
 */
export function redriveOf(region: Region, text: string | undefined): RedrivePolicy | undefined {
  if (text === undefined) return undefined;
  const fields = fieldsIn(text);
  const target = 'deadLetterTargetArn' in fields ? fields.deadLetterTargetArn : undefined;
  const count = 'maxReceiveCount' in fields ? Number(fields.maxReceiveCount) : Number.NaN;
  if (typeof target !== 'string') throw refused('missing deadLetterTargetArn.');
  if (!Number.isInteger(count) || count < 1 || count > 1000) throw refused('maxReceiveCount must be 1 to 1000.');
  return { deadLetterTargetArn: queueNamed(region, target).arn, maxReceiveCount: count };
}
