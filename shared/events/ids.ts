/**
 * Ids that may be handed to EC2. EC2's own are `sg-` and 8 or 17 hexadecimal digits; the pattern is wider, so that documentation
 * and test data can be read, and still narrow enough that nothing else passes for an id.
 */
const idOf =
  (prefix: 'sg' | 'sgr' | 'vpc' | 'pl' | 'eni') =>
  (value: unknown): string | undefined =>
    typeof value === 'string' &&
    value.startsWith(`${prefix}-`) &&
    /^[0-9A-Za-z-]{1,40}$/.test(value.slice(prefix.length + 1))
      ? value
      : undefined;

/** A security group's id, `sg-…`; undefined for everything else. */
export const groupIdOf = idOf('sg');

/** A security group rule's id, `sgr-…`; undefined for everything else. */
export const ruleIdOf = idOf('sgr');

/** A VPC's id, `vpc-…`; undefined for everything else. */
export const vpcIdOf = idOf('vpc');

/** A prefix list's id, `pl-…`; undefined for everything else. */
export const prefixListIdOf = idOf('pl');

/** A network interface's id, `eni-…`; undefined for everything else. */
export const interfaceIdOf = idOf('eni');
