import type { Message } from '../../domain/message.ts';

/**
 * A text message has 140 bytes: 160 characters of GSM 03.38, of which SNS considers 140 safe. One character
 * outside the basic table turns the whole message into UCS-2, with 70 characters.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html
 */
const MAX_CHARACTERS = 140;

/** Characters that are not in both ASCII and the basic table of GSM 03.38. */
const UNSUPPORTED = /[^A-Za-z0-9 @$!"#%&'()*+,\-./:;<=>?_]/g;

const PREFIX = 'Portcullis: ';

/** A message as one text message: the account, the region and as much of the headline as fits. */
export function smsLine({ headline, accountAlias, account, region }: Message): string {
  const line = `${PREFIX}${accountAlias ?? account} ${region}: ${headline}`
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, '?')
    .replaceAll(UNSUPPORTED, '?');
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS - 3)}...`;
}
