import fc from 'fast-check';
import { ACTION_NAMES } from '../../../../shared/domain/action.ts';
import { MESSAGE_KINDS, type Message, type MessageKind } from '../../../../shared/domain/message.ts';
import { HOSTILE_TEXTS } from '../../compose/hostile.ts';

const KINDS = Object.keys(MESSAGE_KINDS).filter((kind): kind is MessageKind => kind in MESSAGE_KINDS);

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** Text by a stranger: anything, and what does harm most often. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 700 }),
  fc.string({ unit: 'grapheme', maxLength: 700 }),
  fc.constantFrom(...Object.values(HOSTILE_TEXTS)),
  fc.constantFrom('&', '<', '>', '"', '`', 'é', '🔥', '👩‍👩‍👧‍👦', '\\').map((letter) => letter.repeat(400)),
);

const address = fc.oneof(fc.webUrl(), anyText, fc.constant(`https://example.com/${'x'.repeat(990)}`));

const listing = fc.record({
  title: anyText,
  lines: fc
    .tuple(anyText, fc.nat({ max: 600 }))
    .map(([text, count]) => Array.from({ length: count }, (_, i) => `${i} ${text}`)),
  omitted: fc.nat({ max: 5000 }),
});

/** Any message at all. */
export const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    id: anyText,
    thread: fc.string({ maxLength: 242 }).map((group) => `111122223333/${group}`),
    kind: fc.constantFrom(...KINDS),
    severity: fc.constantFrom(...SEVERITIES),
    at: fc.nat({ max: 4_102_444_800_000 }),
    headline: anyText,
    account: fc.constant('111122223333'),
    accountAlias: anyText,
    region: fc.constantFrom('eu-west-1', ''),
    owner: anyText,
    controls: fc.array(anyText, { maxLength: 30 }),
    remediationId: fc.option(fc.constant('01kdxyz0s8sampleplan012345'), { nil: undefined }),
    facts: fc.array(fc.record({ label: anyText, text: anyText }), { maxLength: 20 }),
    reasons: fc.array(
      fc.record({
        control: anyText,
        severity: fc.constantFrom(...SEVERITIES),
        freshness: fc.constantFrom('fresh' as const, 'existing' as const),
        text: anyText,
        url: address,
      }),
      { maxLength: 20 },
    ),
    listings: fc.array(listing, { maxLength: 6 }),
    remarks: fc.array(anyText, { maxLength: 8 }),
    ways: fc.array(fc.record({ label: anyText, command: anyText }), { maxLength: 8 }),
    actions: fc.subarray([...ACTION_NAMES]),
    links: fc.array(fc.record({ label: anyText, url: address }), { maxLength: 12 }),
  })
  .map(({ remediationId, ...message }) => ({
    ...message,
    urgency: MESSAGE_KINDS[message.kind].urgency,
    ...(remediationId !== undefined && { remediationId }),
  }));
