import type { WorldThreshold } from '../model/control.ts';
import { PolicyInvalid } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import { optionsOf } from './control-options.ts';
import type { ControlShape } from './control-shape.ts';
import { findings } from './issues.ts';
import { knownKeysOf } from './known-keys.ts';
import type { Problem } from './problem.ts';
import { policySchema, type WrittenPolicy } from './schema.ts';
import { SERVICE_OWNED } from './service-owned.ts';
import { readYaml } from './yaml-text.ts';

/** Blocks from which on sources are the world, where the policy names none: 2^24 IPv4 addresses, 2^112 of IPv6. */
const WORLD: WorldThreshold = { ipv4: 8, ipv6: 16 };

const refuse = (problems: readonly Problem[], file: string): never => {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  throw new PolicyInvalid(sorted.map(({ line, text }) => `${file}:${line}: ${text}`));
};

const readWritten = (text: string, file: string, controls: readonly ControlShape[]): WrittenPolicy => {
  const yaml = readYaml(text);
  if (!('value' in yaml)) return refuse(yaml.problems, file);
  const parsed = policySchema(controls).safeParse(yaml.value);
  const found = parsed.success ? [] : findings(parsed.error.issues, yaml.value, knownKeysOf(controls));
  const problems = [...yaml.problems, ...found.map((one) => ({ line: yaml.lineOf(one.path), text: one.text }))];
  return parsed.success && problems.length === 0 ? parsed.data : refuse(problems, file);
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

/**
 * Compiles the text of `portcullis.yaml` into the policy that functions read: every option of every control that runs, spelt out.
 *
 * @param file names the text in messages.
 * @param controls the controls there are; their defaults are the modes of the preset `guard`.
 * @throws PolicyInvalid with every problem at once, each as `portcullis.yaml:14: controls.world-open-admn is not a control (did you
 * mean world-open-admin?)`. Nothing else, whatever the text.
 */
export const compilePolicy = (text: string, file: string, controls: readonly ControlShape[]): Policy => {
  const written = readWritten(text, file, controls);
  const { names = [], tagKeys = [], except = [] } = written.serviceOwned ?? {};
  return {
    version: written.version,
    preset: written.preset ?? 'guard',
    ceiling: written.mode ?? 'enforce',
    world: { ipv4: written.world?.ipv4 ?? WORLD.ipv4, ipv6: written.world?.ipv6 ?? WORLD.ipv6 },
    controls: compileControls(written, controls),
    serviceOwned: {
      names: [...SERVICE_OWNED.names, ...names],
      tagKeys: [...SERVICE_OWNED.tagKeys, ...tagKeys],
      except: [...SERVICE_OWNED.except, ...except],
    },
  };
};
