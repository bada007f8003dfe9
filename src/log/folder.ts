/** The names in the folder of a log (docs/log.md shows it whole). */
export const names = {
  origin: 'origin',
  checkpoint: 'checkpoint',
  checkpoints: 'checkpoints.ndjson',
  facts: 'facts',
  still: 'still.json',
  sent: 'sent.json',
  /** What is being cut off, from before the cut until the record of it is durable. */
  cut: 'cut.json',
  lock: 'lock',
  tree: 'tree',
  publicKeys: 'key.pub',
} as const;

const digits = 12;
const segmentForm = /^records-(\d{12})\.ndjson$/;
const digestForm = /^sha256:([0-9a-f]{64})$/;

/** A segment is called for its first record. */
export function segmentName(first: number): string {
  return `records-${String(first).padStart(digits, '0')}.ndjson`;
}

/** The number of the first record in it; undefined for any other file. */
export function firstOfSegment(name: string): number | undefined {
  const found = segmentForm.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Where the tree's hashes of a level are kept; without a level, the folder. */
export function treePath(level?: number): string {
  return level === undefined ? names.tree : `${names.tree}/${level}`;
}

/** `facts/ab/abcdef…` for the document of that digest; undefined for what is no digest. */
export function factsPath(digest: string): string | undefined {
  const hex = digestForm.exec(digest)?.[1];
  return hex === undefined ? undefined : `${names.facts}/${hex.slice(0, 2)}/${hex}`;
}

/** Every digest that a record names, but not that of the record before it. Documents among them are in the facts store, unless they were dropped. */
export function digestsIn(line: string): readonly string[] {
  const found = line.replace(/"previous":"sha256:[0-9a-f]{64}"/, '').match(/sha256:[0-9a-f]{64}/g);
  return found === null ? [] : [...new Set(found)];
}
