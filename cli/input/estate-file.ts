import { z } from 'zod';
import type { Estate } from '../../infra/local/estate/estate.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import type { Input } from './read-input.ts';

const rule = z.strictObject({
  direction: z.enum(['ingress', 'egress']),
  protocol: z.string(),
  ports: z.union([z.int(), z.tuple([z.int(), z.int()])]).exactOptional(),
  source: z.string(),
  description: z.string().exactOptional(),
});

const networkInterface = z.strictObject({
  description: z.string(),
  type: z
    .enum(['interface', 'lambda', 'natGateway', 'network_load_balancer', 'load_balancer', 'vpc_endpoint'])
    .exactOptional(),
  requesterId: z.string().exactOptional(),
  publicIp: z.string().exactOptional(),
});

const rules = z.array(rule).exactOptional();
const interfaces = z.array(networkInterface).exactOptional();

const estate = z.strictObject({
  vpcs: z.array(
    z.strictObject({
      name: z.string(),
      cidr: z.string(),
      isDefault: z.boolean().exactOptional(),
      groups: z.array(
        z.strictObject({
          name: z.string(),
          description: z.string().exactOptional(),
          tags: z.record(z.string(), z.string()).exactOptional(),
          rules,
          interfaces,
        }),
      ),
      defaultGroup: z.strictObject({ rules, interfaces }).exactOptional(),
    }),
  ),
  prefixLists: z
    .array(
      z.strictObject({
        name: z.string(),
        entries: z.array(z.string()),
        maxEntries: z.int().exactOptional(),
        addressFamily: z.enum(['IPv4', 'IPv6']),
      }),
    )
    .exactOptional(),
});

function placeOf(path: readonly PropertyKey[]): string {
  return (
    path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('')
      .replace(/^\./, '') || 'top level'
  );
}

/**
 * Reads the estate of the embedded account from a file.
 *
 * @throws InputInvalid with every place that does not match the schema.
 */
export function estateFrom({ name, json }: Input): Estate {
  const parsed = estate.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${name}: ${placeOf(path)}: ${message}`);
  const head = `${name}: is not an estate for portcullis local; events/estate.json is an example`;
  throw new InputInvalid([head, ...problems].join('\n'), { cause: parsed.error });
}
