import type { Tiers, WorldThreshold } from '../domain/control-options.ts';
import { PolicyInvalid } from '../domain/errors.ts';
import type { Policy } from '../domain/policy.ts';
import { remedyIssues, tierContradictions, trustedIssues } from './contradictions.ts';
import { type ControlShape, controlOptions, withDerivedOptions } from './control-options.ts';
import { worldOf } from './queries.ts';
import { compileAlerts } from './schema/alerts.ts';
import { DEFAULTS } from './schema/defaults.ts';
import { compileExemptions } from './schema/exemptions.ts';
import { schemaProblems } from './schema/issues.ts';
import { compileApproval, compileBudget, compileFreezes, compileTrusted } from './schema/limits.ts';
import { compilePeople } from './schema/people.ts';
import { knownKeysOf, policySchema, type WrittenPolicy } from './schema/schema.ts';
import { compileTiers } from './schema/tiers.ts';
import { type Path, type Problem, readYaml } from './schema/yaml-text.ts';
import { SERVICE_OWNED } from './service-owned.ts';

/**
 * Compiles the text of `portcullis.yaml` into the policy that the functions read. The result states every
 * option of every enabled control.
 *
 * @param file name of the file in error messages.
 * @param controls all controls. Their default modes are those of the preset `guard`.
 * @throws PolicyInvalid with all problems, such as `portcullis.yaml:14: controls.world-open-admn is not a
 * control (did you mean world-open-admin?)`. No text causes another error.
 */
export function compilePolicy(text: string, file: string, controls: readonly ControlShape[]): Policy {
  const read = readWritten(text, file, controls);
  const { written } = read;
  const compiled = compileControls(written, controls);
  const limits = limitsOf(written);
  const world = thresholdOf(written);
  const tiers = written.tiers === undefined ? undefined : compileTiers(written.tiers);
  refuseContradictions(
    read,
    file,
    { controls: compiled, trusted: limits.trusted, world, ...(tiers && { tiers }) },
    controls,
  );
  return {
    ...limits,
    version: written.version,
    preset: written.preset ?? 'guard',
    ceiling: written.mode ?? 'enforce',
    world,
    controls: withDerivedOptions(compiled, controls, tiers),
    serviceOwned: serviceOwnedOf(written),
  };
}

interface ReadPolicy {
  readonly written: WrittenPolicy;
  readonly lineOf: (path: Path) => number;
}

function readWritten(text: string, file: string, controls: readonly ControlShape[]): ReadPolicy {
  const yaml = readYaml(text);
  if (!('value' in yaml)) return refuse(yaml.problems, file);
  const parsed = policySchema(controls).safeParse(yaml.value);
  const found = parsed.success ? [] : schemaProblems(parsed.error.issues, yaml.value, knownKeysOf(controls));
  const problems = [...yaml.problems, ...found.map((issue) => ({ line: yaml.lineOf(issue.path), text: issue.text }))];
  return parsed.success && problems.length === 0
    ? { written: parsed.data, lineOf: yaml.lineOf }
    : refuse(problems, file);
}

function refuse(problems: readonly Problem[], file: string): never {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  throw new PolicyInvalid(sorted.map(({ line, text }) => `${file}:${line}: ${text}`));
}

function compileControls(
  { preset = 'guard', controls = {} }: WrittenPolicy,
  shapes: readonly ControlShape[],
): Policy['controls'] {
  return Object.fromEntries(
    shapes
      .map((shape) => [shape.id, controlOptions(shape, preset, controls[shape.id])] as const)
      .filter(([, { fresh, existing }]) => fresh !== 'off' || existing !== 'off'),
  );
}

/** The sections that have defaults. */
function limitsOf(written: WrittenPolicy): typeof DEFAULTS {
  return {
    tagCeilings: written.modes?.map(({ tag, mode }) => ({ tags: tag, mode })) ?? DEFAULTS.tagCeilings,
    exemptions: compileExemptions(written.exemptions ?? []),
    exemptionTagsBy: written.exemptionTagsBy ?? DEFAULTS.exemptionTagsBy,
    trusted: compileTrusted(written.trusted),
    approval: compileApproval(written.approval),
    budget: compileBudget(written.budget),
    freezes: compileFreezes(written.freezes ?? []),
    reopenLoopFrom: written.fightFrom ?? DEFAULTS.reopenLoopFrom,
    alerts: compileAlerts(written.alerts),
    people: compilePeople(written.people),
  };
}

/** Default thresholds: sources that cover 2^24 IPv4 or 2^112 IPv6 addresses are the world. */
const WORLD: WorldThreshold = { ipv4: 8, ipv6: 16 };

function thresholdOf({ world }: WrittenPolicy): WorldThreshold {
  return {
    ipv4: world?.ipv4 ?? WORLD.ipv4,
    ipv6: world?.ipv6 ?? WORLD.ipv6,
  };
}

/** Throws PolicyInvalid if parts of the policy contradict each other. */
function refuseContradictions(
  { lineOf }: ReadPolicy,
  file: string,
  { controls, trusted, world, tiers }: Pick<Policy, 'controls' | 'trusted' | 'world'> & { readonly tiers?: Tiers },
  shapes: readonly ControlShape[],
): void {
  const inTrusted = trustedIssues(trusted.cidrs);
  const worldForTiers = inTrusted.length > 0 ? world : worldOf({ world, trusted });
  const inTiers =
    tiers === undefined ? [] : tierContradictions(tiers, portClosingControls(controls, shapes), worldForTiers);
  const issues = [
    ...inTiers.map(({ path, text }) => ({ path: ['tiers', ...path], text })),
    ...inTrusted,
    ...remedyIssues(controls, trusted),
  ];
  if (issues.length === 0) return;
  refuse(
    issues.map(({ path, text }) => ({ line: lineOf(path), text: `${path.map(String).join('.')}: ${text}` })),
    file,
  );
}

/** Enabled controls that close named ports. */
function portClosingControls(controls: Policy['controls'], shapes: readonly ControlShape[]): Policy['controls'] {
  const named = new Set(shapes.flatMap(({ leavesTo = [] }) => leavesTo));
  return Object.fromEntries(Object.entries(controls).filter(([id]) => named.has(id)));
}

function serviceOwnedOf({ serviceOwned }: WrittenPolicy): Policy['serviceOwned'] {
  const { names = [], tagKeys = [], except = [] } = serviceOwned ?? {};
  return {
    names: [...SERVICE_OWNED.names, ...names],
    tagKeys: [...SERVICE_OWNED.tagKeys, ...tagKeys],
    except: [...SERVICE_OWNED.except, ...except],
  };
}
