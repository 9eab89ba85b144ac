import { generateKeyPairSync, sign } from 'node:crypto';

/** A value of ASN.1 in DER: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** ecdsa-with-SHA256 */
const ALGORITHM = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));

const COMMON_NAME = Buffer.from('550403', 'hex');

const SUBJECT_ALTERNATIVE_NAME = Buffer.from('551d11', 'hex');

function time(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

/** A certificate in PEM for hosts, signed with its own key, and the key. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes a certificate that Node takes for the hosts if it is told to trust it. It is valid from 2020 to 2049.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function selfSigned(hosts: readonly string[]): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence(der(0x06, COMMON_NAME), der(0x0c, Buffer.from('test')))));
  const names = sequence(...hosts.map((host) => der(0x82, Buffer.from(host))));
  const extension = sequence(der(0x06, SUBJECT_ALTERNATIVE_NAME), der(0x04, names));
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ALGORITHM,
    name,
    sequence(time('200101000000Z'), time('491231000000Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey));
  const body = sequence(signed, ALGORITHM, signature).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${body.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
