import type { Message } from '../../domain/message.ts';

/**
 * One text message has 140 bytes, which are 160 characters of GSM 03.38; SNS counts 140 of them as safe. Characters outside of its basic
 * table would make all of it UCS-2, with room for 70.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
 */
const MAX_CHARACTERS = 140;

/** What ASCII and the basic table of GSM 03.38 have in common. */
const UNSUPPORTED = /[^A-Za-z0-9 @$!"#%&'()*+,\-./:;<=>?_]/g;

const PREFIX = 'Portcullis: ';

/** A message as one line of a text message, by itself: where it is, then the headline as far as it goes. */
export function smsLine({ headline, accountAlias, account, region }: Message): string {
  const line = `${PREFIX}${accountAlias ?? account} ${region}: ${headline}`
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, '?')
    .replaceAll(UNSUPPORTED, '?');
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS - 3)}...`;
}
