import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import { functionArn, invokedArn, regionIn, unqualifiedArn } from '../../../shared/events/ids.ts';
import { commandDigest, commandText, splitProof } from '../../../shared/events/requests/proof.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:grant';

function overTheWire(value: object): object {
  return JSON.parse(JSON.stringify(value));
}

describe('the digest of a command', () => {
  it('does not depend on the order of the fields', async () => {
    const text = `portcullis-command-1\n${ARN}\n{"by":{"name":"ann","through":"x"},"do":"renew","list":[1,{"a":null}]}`;
    const command = { list: [1, { a: null }], do: 'renew', by: { through: 'x', name: 'ann' } };
    expect(commandText(command, ARN)).toBe(text);
    expect(await commandDigest(command, ARN)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same before and after JSON', async () => {
    const property = fc.asyncProperty(fc.object({ maxDepth: 3 }), async (command) => {
      const plain = overTheWire(command);
      expect(await commandDigest(overTheWire(plain), ARN)).toBe(await commandDigest(plain, ARN));
    });
    await fc.assert(property, { numRuns: 200 });
    const left: { readonly do: string; readonly exempt?: undefined } = { do: 'restore', exempt: undefined };
    expect(commandText(left, ARN)).toBe(commandText(overTheWire(left), ARN));
  });

  it('differs for different commands', () => {
    const whole = fc.property(fc.jsonValue(), (value) => {
      const [, , json = ''] = commandText({ value }, ARN).split('\n');
      expect(JSON.parse(json)).toEqual(overTheWire({ value }));
    });
    fc.assert(whole, { numRuns: 300 });
  });
});

describe('the ARN of a function', () => {
  const place = { region: 'eu-west-1', account: '111122223333', partition: 'aws' };

  it.each([
    ['grant', ARN],
    ['grant:live', ARN],
    ['grant:$LATEST', ARN],
    ['444455556666:function:grant', ARN.replace('111122223333', '444455556666')],
    ['arn:aws:lambda:us-east-1:444455556666:function:grant:3', 'arn:aws:lambda:us-east-1:444455556666:function:grant'],
    [
      'arn:aws-us-gov:lambda:us-gov-west-1:444455556666:function:grant',
      'arn:aws-us-gov:lambda:us-gov-west-1:444455556666:function:grant',
    ],
  ])('of %s is %s', (named, arn) => {
    expect(functionArn(named, place)).toBe(arn);
  });

  it('is refused for an invalid name', () => {
    for (const named of ['', 'a b', 'arn:aws:s3:::bucket', 'x\ny'])
      expect(() => functionArn(named, place)).toThrow(InputInvalid);
  });

  it.each([
    ['grant:requests', `${ARN}:requests`],
    ['grant', ARN],
    ['111122223333:function:grant:requests', `${ARN}:requests`],
    ['444455556666:function:grant', ARN.replace('111122223333', '444455556666')],
    [`${ARN}:requests`, `${ARN}:requests`],
    [`${ARN}:$LATEST`, `${ARN}:$LATEST`],
  ])('is completed if the invocation names it by %s', (named, arn) => {
    expect(invokedArn(named, place)).toBe(arn);
  });

  it('has no version or alias', () => {
    expect([ARN, `${ARN}:live`, `${ARN}:7`].map(unqualifiedArn)).toEqual([ARN, ARN, ARN]);
    expect(regionIn(ARN)).toBe('eu-west-1');
  });
});

describe('a proof', () => {
  it('is separated from its command, whatever its value', () => {
    expect(splitProof({ do: 'x', proof: 1 })).toEqual({ command: { do: 'x' }, hasProof: true, proof: 1 });
    expect(splitProof({ do: 'x', proof: null })).toEqual({ command: { do: 'x' }, hasProof: true, proof: null });
    expect(splitProof({ do: 'x' })).toEqual({ command: { do: 'x' }, hasProof: false, proof: undefined });
    expect(splitProof(Object.create({ proof: 1 }))).toMatchObject({ hasProof: false });
    expect(splitProof('text')).toEqual({ command: 'text', hasProof: false, proof: undefined });
  });
});
