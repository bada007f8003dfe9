import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'vitest';

/** What is printed is what its schema in `schemas/` says, whole. */
export function validates(name: string, text: string): void {
  const schema = JSON.parse(readFileSync(`schemas/${name}.v1.json`, 'utf8')) as object;
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
  const valid = ajv.validate(schema, JSON.parse(text));
  expect(ajv.errors ?? []).toEqual([]);
  expect(valid).toBe(true);
}
