import type { Random } from '../../../shared/domain/random.ts';

/** A resource id of EC2's long form: the prefix and 17 hexadecimal digits, the first of them 0. */
export function newResourceId(random: Random, prefix: string): string {
  const digits = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16));
  return `${prefix}-0${digits.join('')}`;
}
