import { cidrsOf } from '../../shared/exposure/block.ts';
import { formatShare } from '../../shared/exposure/format.ts';
import { publicUnion } from '../../shared/exposure/measure.ts';
import type { World } from '../../shared/exposure/trusted-space.ts';
import type { Rule } from '../../shared/model/rule.ts';

const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', '-1']);

const aboutAddresses = (rule: Rule, world: World): string => {
  const { isPublic, isTrusted, isWorld, share } = publicUnion(cidrsOf(rule.source), world);
  if (!isPublic && isTrusted) return 'the policy trusts its source';
  if (!isPublic) return 'its source is no address of the internet';
  if (!isWorld) return `its source is ${formatShare(share)} of the internet: too little to be the world`;
  if (!WITH_PORTS.has(rule.protocol)) return 'open to the world, on a protocol that no control objects to';
  return 'open to the world, on ports that no control objects to';
};

/** Why no control objects to a rule, in words. */
export const whyKept = (rule: Rule, world: World): string => {
  const { source, direction } = rule;
  if (source.kind === 'group')
    return `its ${direction === 'ingress' ? 'source' : 'target'} is a group, not the internet`;
  if (direction === 'egress') return 'outbound: no control objects';
  if (source.kind === 'prefix-list' && source.cidrs === undefined) {
    return 'the entries of its prefix list are unknown: nothing is concluded';
  }
  return aboutAddresses(rule, world);
};
