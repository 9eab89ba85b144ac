/** A rule of a shape: TCP ports from a block, inbound. */
interface ShapeRule {
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
}

/**
 * Distributes indexes evenly over 0 to `below` − 1 by the golden ratio, without repetition for small indexes.
 */
function spread(index: number, below: number): number {
  return Math.floor(((index * 0.618_033_988_749_895) % 1) * below);
}

/** Port ranges with evenly distributed starts and up to 8,192 ports. */
function scattered(index: number): Pick<ShapeRule, 'from' | 'to'> {
  const from = spread(index, 57_000);
  return { from, to: from + 256 + spread(index * 7 + 3, 7900) };
}

/**
 * The nth block of a prefix length from 16.0.0.0 to 95.255.255.255, where all addresses are public.
 */
function ipv4Block(index: number, prefix: number): string {
  const blocks = 80 * 2 ** (prefix - 8);
  const address = 16 * 2 ** 24 + spread(index, blocks) * 2 ** (32 - prefix);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${prefix}`;
}

/** The nth /20 of 2400::/6. */
function ipv6Block(index: number): string {
  const block = spread(index, 2 ** 14);
  const second = ((block % 16) * 0x1000).toString(16);
  return `${(0x2400 + Math.floor(block / 16)).toString(16)}:${second}::/20`;
}

/**
 * Five shapes that once took quadratic time. Each returns the rule at an index of a group with a number of
 * rules.
 */
export const SHAPES = {
  'nested ranges from two /1': (index) => ({
    from: index,
    to: 65_535 - index,
    cidr: index % 2 === 0 ? '0.0.0.0/1' : '128.0.0.0/1',
  }),
  'staggered ranges from /10 to /12': (index, rules) => {
    const step = Math.floor(60_000 / rules);
    return { from: index * step, to: index * step + 5000, cidr: ipv4Block(index, 10 + (index % 3)) };
  },
  'scattered IPv6 /20': (index) => ({ ...scattered(index), cidr: ipv6Block(index) }),
  /**
   * Half of the rules open each port and add up to twice the threshold: /14 for 250 rules, /16 for 1,000.
   */
  'scattered /16 that add up': (index, rules) => {
    const from = spread(index, 30_000);
    return { from, to: from + 30_000, cidr: ipv4Block(index, 8 + Math.round(Math.log2(rules / 4))) };
  },
  'one port, many pieces': (index, rules) => ({
    from: 22,
    to: 22,
    cidr: ipv4Block(index, 8 + Math.floor(Math.log2(rules / 2))),
  }),
} as const satisfies Readonly<Record<string, (index: number, rules: number) => ShapeRule>>;

function permission({ from, to, cidr }: ShapeRule): object {
  return {
    IpProtocol: 'tcp',
    FromPort: from,
    ToPort: to,
    IpRanges: cidr.includes(':') ? [] : [{ CidrIp: cidr }],
    Ipv6Ranges: cidr.includes(':') ? [{ CidrIpv6: cidr }] : [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

/** A group of a shape as DescribeSecurityGroups describes it, in JSON. */
export function describedShape(shape: keyof typeof SHAPES, rules: number): string {
  const IpPermissions = Array.from({ length: rules }, (_, index) => permission(SHAPES[shape](index, rules)));
  const group = {
    GroupId: 'sg-00000000000000001',
    GroupName: 'shape',
    Description: shape,
    OwnerId: '111122223333',
    Tags: [],
    IpPermissions,
    IpPermissionsEgress: [],
  };
  return JSON.stringify({ SecurityGroups: [group] });
}
