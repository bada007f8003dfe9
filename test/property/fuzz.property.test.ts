import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { CaptureEntry } from '../../src/capture/capture.ts';
import { captureFromFolder } from '../../src/capture/folder.ts';
import { captureFromStream } from '../../src/capture/ndjson.ts';
import { packCapture } from '../../src/capture/pack.ts';
import type { Fault, Loaded } from '../../src/kernel/fault.ts';
import { faultCodes } from '../../src/kernel/fault-codes.ts';
import { vocabulary } from '../../src/kernel/vocabulary.ts';
import type { FolderPort } from '../../src/profile/folder.ts';
import { loadDraft } from '../../src/profile/load.ts';
import { decodeText } from '../../src/source/text.ts';
import { toJson } from '../../src/source/tree.ts';
import { parseTree } from '../../src/source/yaml.ts';
import { runs } from '../support/runs.ts';

/** What goes in is everything that is shipped; each case spoils one file of it in one to three ways that know its form.
 *  Whatever comes of it: an answer within two seconds, never a crash, and every fault with a code, a place and a
 *  sentence. */
const hangMs = 2_000;

function filesUnder(root: string): CaptureEntry[] {
  return (readdirSync(root, { recursive: true, withFileTypes: true }) as Dirent[])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path), bytes: readFileSync(path) }));
}

const captures = readdirSync('captures', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({
    name,
    entries: filesUnder(join('captures', name)).filter(({ path }) => !path.endsWith('.md')),
  }));
const profiles = filesUnder('profiles').filter(({ path }) => path.endsWith('.yaml'));

/** Words and values that have broken parsers. */
const evil = fc.constantFrom<unknown>(
  null,
  true,
  false,
  0,
  -1,
  -0,
  1e308,
  Number('9007199254740993'),
  '',
  ' ',
  'null',
  '~',
  '0x10',
  '1e400',
  '.nan',
  '__proto__',
  'constructor',
  'toString',
  '..',
  '../../etc/passwd',
  '/',
  'a\nb',
  '\u001b[31mred',
  '\u202egnp',
  '\ud800',
  '\0',
  '*x',
  '&x',
  '!!js/function',
  '<<',
  '---',
  '%',
  '{{',
  "'",
  '"',
  'a'.repeat(70_000),
  [],
  {},
  [[]],
  [null],
  { a: { b: {} } },
  JSON.parse('{"__proto__":{"x":1}}'),
  '2026-13-45T99:99:99Z',
  '1970-01-01T00:00:00Z',
  '2100-01-01T00:00:00Z',
  '-1s',
  '999999999d',
);

function nameOf(word: unknown): string {
  return typeof word === 'string' ? word.slice(0, 40) : (JSON.stringify(word) ?? 'x');
}

type Step = (value: unknown, pick: number) => unknown;

/** Changes one part of a value, found by walking down with what is left of the pick. */
function changeAt(value: unknown, pick: number, change: Step): unknown {
  if (typeof value !== 'object' || value === null || pick % 5 === 0) return change(value, pick);
  const keys = Object.keys(value);
  if (keys.length === 0) return change(value, pick);
  const at = pick % keys.length;
  const rest = Math.floor(pick / keys.length);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === at ? changeAt(item, rest, change) : item));
  const entries = Object.entries(value).map(
    ([key, inner], index) => [key, index === at ? changeAt(inner, rest, change) : inner] as const,
  );
  return Object.fromEntries(entries);
}

const valueStep: fc.Arbitrary<Step> = fc.oneof(
  evil.map(
    (word): Step =>
      () =>
        word,
  ),
  evil.map(
    (word): Step =>
      (value) =>
        Array.isArray(value) ? [...(value as unknown[]), word] : { ...(value as object), [nameOf(word)]: word },
  ),
  fc.constant<Step>((value) =>
    Array.isArray(value) ? value.slice(1) : typeof value === 'string' ? value.slice(1) : undefined,
  ),
  fc.constant<Step>((value) => (Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : [value])),
  fc.nat(300).map(
    (depth): Step =>
      (value) => {
        let deep = value;
        for (let level = 0; level < depth; level += 1) deep = { deep };
        return deep;
      },
  ),
  fc.constant<Step>((value) =>
    typeof value === 'number'
      ? -value
      : typeof value === 'string'
        ? Number(value.length)
        : JSON.stringify(value ?? null),
  ),
);

/** Text that means something to one of the parsers. */
const fragment = fc.constantFrom(
  '\t',
  '\n',
  '\r',
  '\0',
  '\ufeff',
  '---\n',
  '...\n',
  '- ',
  '? ',
  ': ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '|\n',
  '>\n',
  '&a ',
  '*a',
  '!!str ',
  '!x ',
  '# ',
  ',',
  '%YAML 1.1\n',
  '<<: *a\n',
  '\\',
  '\\u0000',
  '\u001b]0;x\u0007',
  '\u2028',
  '🙂',
  ': : :',
  '[[[[[[',
  '{a: {a: {a: ',
  '&a [*a,*a]',
  'a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n',
  'a: 1\na: 2\n',
  '{"from":"object","kind":"v1/Secret"',
  ',"more":{',
  '9'.repeat(400),
);

type Spoil = (bytes: Uint8Array) => Uint8Array;

function textSpoil(change: (text: string, at: number) => string): fc.Arbitrary<Spoil> {
  return fc.nat().map(
    (pick): Spoil =>
      (bytes) => {
        const text = Buffer.from(bytes).toString();
        return Buffer.from(change(text, pick % (text.length + 1)));
      },
  );
}

const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(valueStep, fc.nat()).map(
      ([step, pick]): Spoil =>
        (bytes) =>
          spoilValue(bytes, pick, step),
    ),
  },
  {
    weight: 3,
    arbitrary: fragment.chain((piece) => textSpoil((text, at) => text.slice(0, at) + piece + text.slice(at))),
  },
  {
    weight: 2,
    arbitrary: fc.nat(200).chain((length) => textSpoil((text, at) => text.slice(0, at) + text.slice(at + length))),
  },
  { weight: 2, arbitrary: textSpoil(swapLines) },
  { weight: 1, arbitrary: textSpoil((text, at) => text.slice(0, at)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat(7)).map(
      ([pick, bit]): Spoil =>
        (bytes) =>
          flip(bytes, pick, bit),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 300 }).map(
      (bytes): Spoil =>
        () =>
          bytes,
    ),
  },
  { weight: 1, arbitrary: fc.constant<Spoil>((bytes) => Buffer.from(Buffer.from(bytes).toString(), 'utf16le')) },
);

/** The same document with one part changed, written as JSON, which is YAML too. */
function spoilValue(bytes: Uint8Array, pick: number, step: Step): Uint8Array {
  const text = Buffer.from(bytes).toString();
  const value = parsedText(text);
  return value === undefined ? bytes : Buffer.from(JSON.stringify(changeAt(value, pick, step)) ?? '');
}

const values = new Map<string, unknown>();
function parsedText(text: string): unknown {
  if (!values.has(text)) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      const tree = parseTree({ file: 'seed', text });
      value = tree.ok ? toJson(tree.value) : undefined;
    }
    if (values.size > 500) values.clear();
    values.set(text, value);
  }
  return values.get(text);
}

function swapLines(text: string, at: number): string {
  const lines = text.split('\n');
  const one = at % lines.length;
  const other = (at * 7) % lines.length;
  const taken = lines[one] ?? '';
  lines[one] = lines[other] ?? '';
  lines[other] = taken;
  return lines.join('\n');
}

function flip(bytes: Uint8Array, pick: number, bit: number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const flipped = Uint8Array.from(bytes);
  const at = pick % flipped.length;
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

const spoils = fc.array(spoil, { minLength: 1, maxLength: 3 }).map(
  (list): Spoil =>
    (bytes) =>
      list.reduce((spoiled, one) => one(spoiled), bytes),
);

function hold(loaded: Loaded<unknown>, started: number): void {
  const tookMs = performance.now() - started;
  expect(tookMs).toBeLessThan(hangMs);
  const faults: readonly Fault[] = loaded.ok ? loaded.warnings : loaded.faults;
  if (!loaded.ok) expect(faults.some(({ severity }) => severity === 'error')).toBe(true);
  for (const { code, at, message } of faults) {
    if (!(code in faultCodes) || message === '' || at.file === '' || !(at.line >= 1) || !(at.col >= 1)) {
      expect.fail(`a fault without code, place or sentence: ${JSON.stringify({ code, at, message })}`);
    }
    if (/\n\s+at |invariant|undefined|\[object |RangeError|TypeError|call stack/i.test(message)) {
      expect.fail(`a fault that speaks of our insides: ${message}`);
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('fuzz: folders of captures', () => {
  const seen = { ok: 0, refused: 0 };
  fc.assert(
    fc.property(fc.nat(captures.length - 1), fc.nat(), spoils, (which, pick, change) => {
      const entries = captures[which]?.entries ?? [];
      const at = pick % entries.length;
      const spoiled = entries.map((entry, index) => (index === at ? { ...entry, bytes: change(entry.bytes) } : entry));
      const started = performance.now();
      const loaded = captureFromFolder('fuzzed', spoiled, pick % 2 === 0 ? 'read' : 'all');
      hold(loaded, started);
      seen[loaded.ok ? 'ok' : 'refused'] += 1;
    }),
    runs('FUZZ_FOLDER', 1_500),
  );
  // Spoiled input that is never refused, or always, would mean that this test spoils nothing or everything.
  expect(Math.min(seen.ok, seen.refused)).toBeGreaterThan(0);
});

let packed: readonly Uint8Array[] = [];
beforeAll(async () => {
  packed = await Promise.all(
    captures.map(async ({ name, entries }) => {
      const loaded = captureFromFolder(name, entries, 'all');
      if (!loaded.ok) throw new Error(`${name}: ${loaded.faults[0]?.message}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of packCapture(loaded.value)) chunks.push(chunk);
      return Buffer.concat(chunks);
    }),
  );
});

test('fuzz: captures in one file, packed and unpacked', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.constantFrom('packed', 'a line', 'the text'),
      fc.nat(),
      spoils,
      async (which, where, pick, change) => {
        const whole = packed[which % packed.length] ?? new Uint8Array();
        const started = performance.now();
        const loaded = await captureFromStream(
          'fuzzed',
          once(spoilFile(whole, where, pick, change)),
          pick % 2 === 0 ? 'read' : 'all',
        );
        hold(loaded, started);
      },
    ),
    runs('FUZZ_FILE', 1_500),
  );
});

function spoilFile(whole: Uint8Array, where: string, pick: number, change: Spoil): Uint8Array {
  if (where === 'packed') return change(whole);
  const text = gunzipSync(whole);
  if (where === 'the text') return change(text);
  const lines = text.toString().split('\n');
  const at = pick % 3 === 0 ? 0 : pick % lines.length;
  lines[at] = Buffer.from(change(Buffer.from(lines[at] ?? ''))).toString();
  const joined = Buffer.from(lines.join('\n'));
  return pick % 2 === 0 ? joined : gzipSync(joined, { level: 1 });
}

test('fuzz: profiles and packs', () => {
  const starts = profiles.map(({ path }) => path).filter((path) => path.endsWith('profile.yaml'));
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.nat(profiles.length - 1), spoils, (start, which, change) => {
      const { path = '', bytes = new Uint8Array() } = profiles[which] ?? {};
      const spoiled = change(bytes);
      const folder: FolderPort = {
        read: (asked) => {
          const found = profiles.find((entry) => entry.path === asked);
          if (found === undefined) return { code: 'FILE_MISSING', message: 'does not exist' };
          return asked === path ? spoiled : found.bytes;
        },
        nameOf: (asked) => `profiles/${asked}`,
      };
      const started = performance.now();
      hold(loadDraft(folder, start, vocabulary), started);
    }),
    runs('FUZZ_PROFILE', 1_000),
  );
});

test('fuzz: every shipped YAML file as text', () => {
  const seeds = [
    ...profiles,
    ...captures.flatMap(({ entries }) => entries.filter(({ path }) => path === 'capture.yaml')),
  ];
  fc.assert(
    fc.property(fc.nat(seeds.length - 1), spoils, (which, change) => {
      const { path = '', bytes = new Uint8Array() } = seeds[which] ?? {};
      const spoiled = change(bytes);
      const started = performance.now();
      const text = decodeText(path, spoiled, 2 ** 20);
      hold(text.ok ? parseTree(text.value) : text, started);
    }),
    runs('FUZZ_YAML', 1_200),
  );
});
