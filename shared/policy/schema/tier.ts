import { z } from 'zod';
import { tierIssues } from '../contradictions/tier-issues.ts';
import { port } from './port.ts';

const A_SOURCE = 'a layer, world, a CIDR block, sg-… or pl-…';

const from = z
  .array(z.string({ error: A_SOURCE }).min(1, { error: A_SOURCE }), { error: 'a list of sources' })
  .min(1, { error: 'at least one source' })
  .describe('Who may come in: layers by name, world, CIDR blocks, groups (sg-…) and prefix lists (pl-…).');

const ports = z.array(port, { error: 'a list of ports' }).min(1, { error: 'at least one port' });

const layer = z.strictObject(
  {
    from,
    ports: ports.optional().describe('On which ports they may; all, where none are named.'),
    within: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe('Whether a group of the layer may name itself, as clusters do; default false.'),
  },
  { error: 'a map of from, ports and within' },
);

const ssh = z.strictObject(
  { from, ports: ports.optional().describe('Default 22.') },
  { error: 'a map of from and ports' },
);

/** The shape of the section `tiers`, with what it must not contradict within itself. */
export const tierSchema = z
  .strictObject(
    {
      tag: z
        .string({ error: 'a tag key' })
        .min(1, { error: 'a tag key' })
        .describe('Tag key whose value names the layer of a group.'),
      layers: z
        .record(z.string(), layer, { error: 'a map of layers' })
        .describe('Each layer trusts only what it names.'),
      ssh: ssh.optional().describe('Who may administer the groups of every layer.'),
    },
    { error: 'a map of tag, layers and ssh' },
  )
  .superRefine((tiers, context) => {
    for (const { path, text } of tierIssues(tiers))
      context.addIssue({ code: 'custom', path: [...path], message: text, params: { isSentence: true } });
  });

/** The section as it is written. */
export type WrittenTiers = z.infer<typeof tierSchema>;
