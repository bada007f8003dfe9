import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { schemaNames, schemaPath } from './schemas.ts';

// A CommonJS default as Node hands it over.
const standaloneCode = (standalone as unknown as { default: typeof standalone.default }).default;

const folder = join(import.meta.dirname, '..', 'src', 'rules', 'generated');

const declaration = `import type { SchemaError } from '../schema-error.ts';
export declare const validate: { (data: unknown): boolean; errors?: readonly SchemaError[] | null };
`;

/** The schemas as functions, one ES module each, so that nothing is compiled when nwctl starts. */
export async function generateValidators(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of schemaNames) {
    const schema = JSON.parse(readFileSync(schemaPath(name), 'utf8')) as AnySchemaObject;
    // `verbose` lets an error name the fields that there are, from which the likely one is found.
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      strict: true,
      code: { source: true, esm: true, lines: true },
    });
    const code = standaloneCode(ajv, ajv.compile(schema));
    // ajv's generated code asks for its runtime by `require`; bundled, it stands alone.
    const bundled = await build({
      stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'js' },
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['main'],
      target: 'es2024',
      write: false,
      legalComments: 'none',
    });
    const file = bundled.outputFiles[0];
    if (file === undefined) throw new Error(`no code came of ${name}`);
    writeFileSync(join(folder, `${name}.js`), file.text);
    writeFileSync(join(folder, `${name}.d.ts`), declaration);
  }
}

if (import.meta.main) await generateValidators();
