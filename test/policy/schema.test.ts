import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTROLS } from '../../shared/controls/registry.ts';
import { jsonSchema, jsonSchemaText, knownKeysOf } from '../../shared/policy/schema/schema.ts';
import { SHAPES } from './shapes.ts';

describe('the JSON Schema for editors', () => {
  it('has every control with its title, and no other key', () => {
    expect(jsonSchema(SHAPES)).toMatchObject({
      properties: {
        controls: {
          properties: { 'world-open-admin': { description: 'An admin port is open to the world.' } },
          additionalProperties: false,
        },
      },
    });
    expect(knownKeysOf(SHAPES)(['controls'])).toEqual(SHAPES.map(({ id }) => id));
  });

  it('has the keys of every path, and none for an unknown path', () => {
    const known = knownKeysOf(SHAPES);
    expect(known(['controls', 'world-open-admin'])).toEqual(['fresh', 'existing', 'remedy', 'narrowTo', 'ports']);
    expect(known(['controls', 'world-open-admin', 'ports'])).toEqual(['add', 'remove']);
    expect(known(['tiers', 'layers', 'web'])).toEqual(['from', 'ports', 'within']);
    expect([known(['mode']), known(['no', 'where'])]).toEqual([[], []]);
  });

  it('requires only the version', () => {
    expect(jsonSchema(SHAPES)).toMatchObject({
      required: ['version'],
      additionalProperties: false,
      title: 'Portcullis policy',
    });
  });

  it('is deterministic', () => {
    expect(jsonSchemaText(SHAPES)).toBe(jsonSchemaText([...SHAPES]));
    expect(JSON.parse(jsonSchemaText(SHAPES))).toEqual(jsonSchema(SHAPES));
  });

  it('is equal to portcullis.schema.json', () => {
    expect(jsonSchemaText(CONTROLS)).toBe(readFileSync('portcullis.schema.json', 'utf8'));
  });
});
