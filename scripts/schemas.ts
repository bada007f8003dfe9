import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backendCapabilities, backends, operatingSystems, osCapabilities } from '../src/kernel/capability.ts';
import { commands } from '../src/kernel/command.ts';
import { grades } from '../src/kernel/fact.ts';
import { subjectKinds } from '../src/kernel/subject.ts';
import { legacyStates } from '../src/kernel/vocabulary/site.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { operators } from '../src/rules/operators.ts';
import { phases, severities } from '../src/rules/pack.ts';
import { parameterKinds } from '../src/rules/parameters.ts';

/** The schemas are written by hand, but for their lists of words: those come from the code that gives them a meaning.
 *  `node scripts/schemas.ts` writes them anew; a test holds that they are current. */
export const schemaNames = ['rule-pack', 'edge-profile', 'rule-test', 'trust', 'capture-decisions'] as const;
/** These have words of ours, and no generated validator: their reader is written by hand. */
export const readByHand = ['facts'] as const;
export type SchemaName = (typeof schemaNames)[number] | (typeof readByHand)[number];

const facts = [...vocabulary.keys()];
const lists: Readonly<Record<string, readonly string[]>> = {
  factName: facts,
  parameterType: [...parameterKinds, ...facts],
  operator: operators,
  subject: subjectKinds,
  grade: grades,
  capability: [...backendCapabilities, ...osCapabilities],
  command: Object.keys(commands),
  severity: severities,
  phase: phases,
  backend: Object.keys(backends),
  os: Object.keys(operatingSystems),
  legacyState: legacyStates,
};

export function schemaPath(name: SchemaName): string {
  return join(import.meta.dirname, '..', 'schemas', `${name}.v1.json`);
}

/** A schema's text with its lists of words as the code has them now. */
export function withCurrentWords(text: string): string {
  const schema = JSON.parse(text) as { definitions: Record<string, { enum?: readonly string[] }> };
  for (const [name, words] of Object.entries(lists)) {
    const definition = schema.definitions[name];
    if (definition?.enum !== undefined) definition.enum = words;
  }
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (import.meta.main) {
  for (const name of [...schemaNames, ...readByHand]) {
    writeFileSync(schemaPath(name), withCurrentWords(readFileSync(schemaPath(name), 'utf8')));
  }
}
