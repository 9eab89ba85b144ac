import { PolicyInvalid } from '../model/errors.ts';
import type { WorldThreshold } from '../model/options.ts';
import type { Policy } from '../model/policy.ts';
import type { Tiers } from '../model/tiers.ts';
import { optionsOf } from './control-options.ts';
import type { ControlShape } from './control-shape.ts';
import { withDerived } from './derived-options.ts';
import { findings } from './issues.ts';
import { knownKeysOf } from './known-keys.ts';
import { LIMITS } from './limits.ts';
import type { Path, Problem } from './problem.ts';
import { policySchema, type WrittenPolicy } from './schema.ts';
import { SERVICE_OWNED } from './service-owned.ts';
import { tierContradictions } from './tier-contradictions.ts';
import { compileTiers } from './tiers.ts';
import { readYaml } from './yaml-text.ts';

/** Blocks from which on sources are the world, where the policy names none: 2^24 IPv4 addresses, 2^112 of IPv6. */
const WORLD: WorldThreshold = { ipv4: 8, ipv6: 16 };

const refuse = (problems: readonly Problem[], file: string): never => {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  throw new PolicyInvalid(sorted.map(({ line, text }) => `${file}:${line}: ${text}`));
};

interface Read {
  readonly written: WrittenPolicy;
  readonly lineOf: (path: Path) => number;
}

const readWritten = (text: string, file: string, controls: readonly ControlShape[]): Read => {
  const yaml = readYaml(text);
  if (!('value' in yaml)) return refuse(yaml.problems, file);
  const parsed = policySchema(controls).safeParse(yaml.value);
  const found = parsed.success ? [] : findings(parsed.error.issues, yaml.value, knownKeysOf(controls));
  const problems = [...yaml.problems, ...found.map((one) => ({ line: yaml.lineOf(one.path), text: one.text }))];
  return parsed.success && problems.length === 0
    ? { written: parsed.data, lineOf: yaml.lineOf }
    : refuse(problems, file);
};

const compileControls = (
  { preset = 'guard', controls = {} }: WrittenPolicy,
  shapes: readonly ControlShape[],
): Policy['controls'] =>
  Object.fromEntries(
    shapes
      .map((shape) => [shape.id, optionsOf(shape, preset, controls[shape.id])] as const)
      .filter(([, { fresh, existing }]) => fresh !== 'off' || existing !== 'off'),
  );

const worldOf = ({ world }: WrittenPolicy): WorldThreshold => ({
  ipv4: world?.ipv4 ?? WORLD.ipv4,
  ipv6: world?.ipv6 ?? WORLD.ipv6,
});

/** The tier map, once it does not contradict the rest of the policy. */
const tiersOf = (
  { written, lineOf }: Read,
  file: string,
  controls: Policy['controls'],
  shapes: readonly ControlShape[],
): Tiers | undefined => {
  if (written.tiers === undefined) return undefined;
  const tiers = compileTiers(written.tiers);
  const named = new Set(shapes.flatMap(({ leavesTo = [] }) => leavesTo));
  const closing = Object.fromEntries(Object.entries(controls).filter(([id]) => named.has(id)));
  const issues = tierContradictions(tiers, closing, worldOf(written));
  if (issues.length === 0) return tiers;
  return refuse(
    issues.map(({ path, text }) => {
      const place = ['tiers', ...path];
      return { line: lineOf(place), text: `${place.join('.')}: ${text}` };
    }),
    file,
  );
};

/**
 * Compiles the text of `portcullis.yaml` into the policy that functions read: every option of every control that runs, spelt out.
 *
 * @param file names the text in messages.
 * @param controls the controls there are; their defaults are the modes of the preset `guard`.
 * @throws PolicyInvalid with every problem at once, each as `portcullis.yaml:14: controls.world-open-admn is not a control (did you
 * mean world-open-admin?)`. Nothing else, whatever the text.
 */
export const compilePolicy = (text: string, file: string, controls: readonly ControlShape[]): Policy => {
  const read = readWritten(text, file, controls);
  const { written } = read;
  const compiled = compileControls(written, controls);
  const { names = [], tagKeys = [], except = [] } = written.serviceOwned ?? {};
  return {
    ...LIMITS,
    version: written.version,
    preset: written.preset ?? 'guard',
    ceiling: written.mode ?? 'enforce',
    world: worldOf(written),
    controls: withDerived(compiled, controls, tiersOf(read, file, compiled, controls)),
    serviceOwned: {
      names: [...SERVICE_OWNED.names, ...names],
      tagKeys: [...SERVICE_OWNED.tagKeys, ...tagKeys],
      except: [...SERVICE_OWNED.except, ...except],
    },
  };
};
