import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Resource, Template } from '../../../infra/synthesize.ts';
import { resourcesIn, stacksIn } from '../assembly.ts';
import { REFUSED_RESOURCES, type RefusedResource } from './refused-resources.ts';

/** A resource that a template omits for MiniStack. */
export interface LeftOut {
  readonly stack: string;
  readonly logicalId: string;
  readonly resource: Resource;
  readonly entry: RefusedResource;
}

function withoutDependencies(resource: Resource, removed: ReadonlySet<string>): Resource {
  const { DependsOn, ...rest } = resource;
  const left = [DependsOn ?? []].flat().filter((id) => !removed.has(id));
  return left.length === 0 ? rest : { ...rest, DependsOn: left };
}

/**
 * A table with whole items in its local indexes. The ledger's query asks for all attributes, which DynamoDB
 * reads from the table. MiniStack returns only the attributes that the index projects.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html (Select)
 */
function withWholeIndexes(resource: Resource): Resource {
  const indexes: unknown = resource.Properties['LocalSecondaryIndexes'];
  if (resource.Type !== 'AWS::DynamoDB::GlobalTable' && resource.Type !== 'AWS::DynamoDB::Table') return resource;
  if (!Array.isArray(indexes)) return resource;
  const whole = indexes.map((index: object) => ({ ...index, Projection: { ProjectionType: 'ALL' } }));
  return { ...resource, Properties: { ...resource.Properties, LocalSecondaryIndexes: whole } };
}

/** The value without list elements that refer to a removed resource, such as ARNs in a policy's condition. */
function withoutElements(value: unknown, removed: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.filter((one) => !removed.has(referredTo(one))).map((one) => withoutElements(one, removed));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutElements(inner, removed)]));
}

/** The logical id in `{Ref: ID}` or `{'Fn::GetAtt': [ID, ATTRIBUTE]}`. Empty for any other value. */
function referredTo(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = Object(value);
  const id: unknown = Ref ?? attribute?.[0];
  return typeof id === 'string' ? id : '';
}

/** Throws if a part of a template refers to a removed resource. */
function assertUnreferenced(template: Template, removed: ReadonlySet<string>, stack: string): void {
  const text = JSON.stringify(template);
  const missing = [...removed].find(
    (id) => text.includes(`{"Ref":"${id}"}`) || text.includes(`["${id}",`) || text.includes(`\${${id}`),
  );
  if (missing !== undefined) {
    throw new Error(`${stack}: ${missing} cannot be left out, because another part of the template refers to it`);
  }
}

/**
 * Copies a synthesised cell to another folder without the resources that MiniStack refuses, and returns these
 * resources. Lists lose their references to the resources, and local indexes of tables project whole items.
 * Everything else is deployed as synthesised.
 */
export function writeDeployable(assembly: string, target: string): readonly LeftOut[] {
  rmSync(target, { recursive: true, force: true });
  cpSync(assembly, target, { recursive: true });
  return stacksIn(target).flatMap(({ name: stack, template, templateFile }) => {
    const leftOut = resourcesIn(template).flatMap(([logicalId, resource]) => {
      const entry = REFUSED_RESOURCES.find(({ matches }) => matches(resource));
      return entry === undefined ? [] : [{ stack, logicalId, resource, entry }];
    });
    const removed = new Set(leftOut.map(({ logicalId }) => logicalId));
    const kept = resourcesIn(template).filter(([logicalId]) => !removed.has(logicalId));
    const Resources = Object.fromEntries(
      kept.map(([logicalId, resource]) => [logicalId, withWholeIndexes(withoutDependencies(resource, removed))]),
    );
    const deployable: Template = Object.assign({ ...template }, { Resources: withoutElements(Resources, removed) });
    assertUnreferenced(deployable, removed, stack);
    writeFileSync(path.resolve(templateFile), JSON.stringify(deployable));
    return leftOut;
  });
}
