import { describe, expect, it } from 'vitest';
import { isBlank } from '../../shared/domain/message.ts';

describe('a text', () => {
  it.each([
    '',
    ' ',
    '\t\r\n',
    '\u00a0\u2003\u3000',
    '\u200b',
    '\u202a\u202e',
    '\ufeff',
    '\u00ad',
    '\u3164',
    '\u2800',
    '\u0301',
  ])('of %j shows nothing', (text) => {
    expect(isBlank(text)).toBe(true);
  });

  it.each(['x', ' ?', '\u200bok', '名', '👍', 'é', '\u202e1'])('has a visible character: %j', (text) => {
    expect(isBlank(text)).toBe(false);
  });
});
