/** Writes docs/vocabulary.md from the vocabulary. A test holds that it is current. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../src/kernel/subject.ts';
import { type FactType, formatDuration } from '../src/kernel/value.ts';
import { vocabulary, vocabularyVersion } from '../src/kernel/vocabulary.ts';

export const vocabularyDocPath = join(import.meta.dirname, '..', 'docs', 'vocabulary.md');

const who: Readonly<Record<SubjectKind, string>> = {
  site: 'one',
  node: 'the cluster’s Nodes that the profile’s topology selects',
  bond: 'the storage bond that the profile names, on every node',
  volume: 'what LINSTOR defines (resource and volume number); with local-path, the PersistentVolumes',
  replica: 'what LINSTOR places: copies, tie-breakers and clients',
  connection: 'each DRBD peer of a replica, as this replica’s node sees it',
  vm: 'KubeVirt VirtualMachines',
};

export function vocabularyDoc(): string {
  const lines = [
    `# Vocabulary ${vocabularyVersion}`,
    '',
    'Every fact a pack may read. Written from `src/kernel/vocabulary.ts`; `nwctl facts` prints the same, and with a capture every reading.',
    'A fact older than its limit is stale, and a stale fact is unknown. A rule may ask for fresher facts, never for staler ones.',
    'All are `observed` at best, but for those marked *reported*: claims of the legacy DaemonSet.',
    '',
    '## Subjects',
    '',
    '| subject | belongs to | who there should be |',
    '|---|---|---|',
    ...subjectKinds.map((kind) => `| \`${kind}\` | ${ancestorsOf(kind).join(', ') || '–'} | ${who[kind]} |`),
  ];
  for (const kind of subjectKinds) {
    lines.push('', `## ${kind}`, '', '| fact | type | at most | meaning | from |', '|---|---|---|---|---|');
    for (const fact of vocabulary.values()) {
      if (fact.subject !== kind) continue;
      const age = Number.isFinite(fact.maxAgeMs) ? formatDuration(fact.maxAgeMs) : 'any age';
      const grade = fact.grade === 'observed' ? '' : ` *(${fact.grade})*`;
      lines.push(`| \`${fact.name}\` | ${typeInWords(fact.type)} | ${age} | ${fact.means}${grade} | ${fact.from} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function typeInWords(type: FactType): string {
  switch (type.kind) {
    case 'enum':
      return type.words.map((word) => `\`${word}\``).join(' ');
    case 'set':
      return type.words === undefined ? 'set of texts' : `set of ${type.words.map((word) => `\`${word}\``).join(' ')}`;
    case 'text':
      return type.optional ? 'text or `null` (nobody)' : 'text';
    case 'int':
      return 'whole number';
    default:
      return type.kind;
  }
}

if (process.argv[1] === import.meta.filename) writeFileSync(vocabularyDocPath, vocabularyDoc());
