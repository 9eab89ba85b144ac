import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { EXEMPT_UNTIL_TAG } from '../../../shared/domain/exemption.ts';
import { CALL_NAMES, envelope, record } from '../../events/events.ts';

const FOLDERS = [
  '../../../events/',
  '../../../../shared/samples/cloudtrail/',
  '../../../../shared/samples/eventbridge/',
];

function filesIn(folder: URL): readonly URL[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json') && name !== 'estate.json')
        .map((name) => new URL(name, folder))
    : [];
}

/** A CloudTrail record in EventBridge's envelope, unless it has the envelope already. */
function delivered(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if ('detail' in event) return event;
  const eventSource = event['eventSource'];
  const [service = ''] = (typeof eventSource === 'string' ? eventSource : 'ec2.amazonaws.com').split('.');
  return { ...envelope(event), source: `aws.${service}` };
}

/** A call that sets or deletes tags of two groups. */
function tagging(eventName: string, keys: readonly string[]) {
  return record(eventName, {
    requestParameters: {
      resourcesSet: { items: [{ resourceId: 'sg-0a1b2c3d4e5f60718' }, { resourceId: 'sg-0a1b2c3d4e5f60719' }] },
      tagSet: { items: keys.map((key) => ({ key, value: '2026-03-05' })) },
    },
  });
}

/**
 * Every sample event of the project, recorded samples beside the checkout if there are any, and records of
 * the operations that Portcullis reads.
 */
export function sampleEvents(): readonly Readonly<Record<string, unknown>>[] {
  const files = FOLDERS.flatMap((folder) => filesIn(new URL(folder, import.meta.url)));
  const recorded = files.map((file): Readonly<Record<string, unknown>> => JSON.parse(readFileSync(file, 'utf8')));
  const ofCalls = CALL_NAMES.map(([eventSource, eventName]) => record(eventName, { eventSource }));
  const failed = CALL_NAMES.map(([eventSource, eventName]) =>
    record(eventName, { eventSource, errorCode: 'Client.UnauthorizedOperation' }),
  );
  const tags = [
    tagging('CreateTags', [EXEMPT_UNTIL_TAG, 'team']),
    tagging('CreateTags', ['team']),
    tagging('DeleteTags', ['team', EXEMPT_UNTIL_TAG]),
    tagging('DeleteTags', []),
  ];
  return [...recorded, ...ofCalls, ...failed, ...tags].map(delivered);
}
