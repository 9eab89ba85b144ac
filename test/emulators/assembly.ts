import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Resource, Template } from '../../infra/synthesize.ts';
import { REGION } from './surroundings.ts';

/** A stack of a synthesised cell: the cell itself, or a part of it in another region. */
export interface AssemblyStack {
  readonly name: string;
  readonly region: string;
  /** Absolute. */
  readonly templateFile: string;
  readonly template: Template;
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly environment?: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
}

/** Every stack of a folder that `cdk synth` wrote. Throws if there is none. */
export function stacksIn(folder: string): readonly AssemblyStack[] {
  const { artifacts }: Manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const stacks = Object.entries(artifacts).flatMap(([id, { type, environment = '', properties }]) => {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) return [];
    const templateFile = path.join(folder, properties.templateFile);
    const template: Template = JSON.parse(readFileSync(templateFile, 'utf8'));
    const region = environment.split('/').at(-1) ?? '';
    return {
      name: properties.stackName ?? id,
      region: region === 'unknown-region' ? REGION : region,
      templateFile,
      template,
    };
  });
  if (stacks.length === 0) throw new Error(`${folder} has no stack: run this suite by \`npm run test:emulators\``);
  return stacks;
}

/** The template of a StackSet in a stack. Throws if the stack has none. */
export function stackSetTemplate(template: Template): Template {
  const stackSet = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::CloudFormation::StackSet');
  const body = stackSet?.Properties['TemplateBody'];
  if (typeof body !== 'string') throw new Error('The template has no StackSet with a template in it');
  return JSON.parse(body);
}

/**
 * The same value with a text in place of each reference: the region, or a placeholder for any other
 * reference.
 */
export function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (typeof value !== 'object' || value === null) return value;
  const [entry, ...more] = Object.entries(value);
  if (entry && more.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::')))
    return entry[1] === 'AWS::Region' ? REGION : 'referenced';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutReferences(inner)]));
}

/** The resources of a template, each with its logical id. */
export function resourcesIn({ Resources }: Template): readonly (readonly [logicalId: string, resource: Resource])[] {
  return Object.entries(Resources);
}
