import { Rule } from 'aws-cdk-lib/aws-events';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { EVENT_PATTERNS, ofRegions } from '../../shared/catalogue.ts';
import { eventTarget } from './event-target.ts';

/** What the rules work with. */
export interface ChangeRuleParts {
  /** The regions that the cell guards. The forwarders of another cell may send events of further regions to the same bus. */
  readonly regions: readonly string[];
  /** The alias that takes events. */
  readonly events: Alias;
  /** Keeps the events that EventBridge could not deliver within a day. */
  readonly undelivered: IQueue;
}

/** Sends the events of the guarded regions that the catalogue's patterns match to the alias for events. */
export function changeRules(scope: Construct, { regions, events, undelivered }: ChangeRuleParts): readonly Rule[] {
  return Object.entries(EVENT_PATTERNS).map(([name, pattern]) => {
    const { 'detail-type': detailType, source, detail } = ofRegions(pattern, regions);
    return new Rule(scope, `Rule-${name}`, {
      description: `Portcullis: ${name}`,
      eventPattern: { source: [...source], detailType: [...detailType], detail },
      targets: [eventTarget(events, { deadLetterQueue: undelivered })],
    });
  });
}
