import { error, type Fault, type Loaded, loadedUnless, type Place, warning } from '../kernel/fault.ts';
import type { Raw } from '../kernel/raw.ts';
import { parseJson } from '../source/json.ts';
import { decodeText, type SourceText } from '../source/text.ts';
import { toJson, treeAt } from '../source/tree.ts';
import { parseTree, parseTrees } from '../source/yaml.ts';
import {
  besideStated,
  digestOfLines,
  type Found,
  identityOf,
  missingOf,
  nameOf,
  rawsOfManifest,
  silentHosts,
  strangers,
  withoutRepeats,
} from './assemble.ts';
import type { Capture, CaptureEntry, Keep } from './capture.ts';
import { loadFacts } from './facts-file.ts';
import { isHostName } from './host-names.ts';
import { kindsRead } from './kinds.ts';
import { type KubernetesFound, readKubernetes, readNoDocument, whyNoDocument } from './kubernetes.ts';
import { lean } from './lean.ts';
import { lineOf } from './line.ts';
import { linstorPath, type Manifest, manifestFrom, manifestLine, missingThing } from './manifest.ts';
import { isDnsName, isInnerPath } from './names.ts';
import type { PlainObject } from './plain.ts';
import { maskJsonText, maskObject, maskText } from './secrets.ts';
import { factsFile } from './stated.ts';

const mebi = 2 ** 20;
/** YAML costs a hundred times what JSON costs, so a big list comes as JSON. */
const bytesMax = { json: 256 * mebi, yaml: 8 * mebi, text: 64 * mebi, manifest: mebi };
const yamlPartsMax = 1_000_000;

/** A folder's files → a capture. Every fault of every file at once; one error loads nothing. Faults name files as seen from
 *  the folder; the folder itself is `''`. */
export function captureFromFolder(
  name: string,
  entries: readonly CaptureEntry[],
  keep: Keep = 'read',
): Loaded<Capture> {
  const sorted = [...entries].sort((left, right) => compare(left.path, right.path));
  const inner = capturesIn(sorted);
  if (inner !== undefined) return { ok: false, faults: [inner] };
  const faults: Fault[] = [];
  const manifest = manifestOf(sorted, faults);
  const moments = new Map((manifest?.fetched ?? []).map(({ path, atMs }) => [path, atMs]));
  const found: Found[] = [];
  const paths = new Set<string>();
  for (const entry of sorted) {
    if (paths.has(entry.path))
      faults.push(error('CAPTURE_MANIFEST', startOf(entry.path), 'stands twice in this capture'));
    paths.add(entry.path);
    const one = readEntry(entry, moments.get(entry.path) ?? manifest?.takenAtMs ?? 0);
    faults.push(...one.faults);
    found.push(...one.raws);
  }
  if (manifest !== undefined) faults.push(...liesAbout(manifest, paths, found));
  const once = withoutRepeats(manifest === undefined ? found : [...found, ...rawsOfManifest(manifest)]);
  faults.push(...once.faults);
  faults.push(...besideStated(found, manifest));
  if (manifest !== undefined) faults.push(...unknownNodes(manifest, once.kept));
  const nothing = !sorted.some(({ path }) => isManifest(path)) && once.kept.length === 0;
  if (nothing && faults.every(({ severity }) => severity === 'warning')) {
    faults.push(
      error(
        'CAPTURE_FORMAT',
        startOf(''),
        'holds nothing that a capture could be made of',
        'put what `kubectl get nodes -o json` printed into it; docs/captures.md says more',
      ),
    );
  }
  return loadedUnless(faults, () => build(name, manifest, once.kept, keep));
}

function build(name: string, manifest: Manifest | undefined, found: readonly Found[], keep: Keep): Capture {
  const raws = found.map(({ raw }) => (raw.from === 'object' ? withoutNoise(raw.object as PlainObject, raw.at) : raw));
  const lined = raws.map((raw) => ({ raw, line: lineOf(raw) })).sort((left, right) => compare(left.line, right.line));
  const about = {
    name: manifest?.name ?? name,
    takenAtMs: manifest?.takenAtMs ?? null,
    takenBy: manifest?.takenBy ?? 'unknown',
    ...(manifest?.requestedBy === undefined ? {} : { requestedBy: manifest.requestedBy }),
    complete: manifest?.complete ?? false,
    hasManifest: manifest !== undefined,
    missing: missingOf(raws, silentHosts(manifest)),
  };
  const lines = lined.map(({ line }) => line);
  return {
    ...about,
    raws: lined.flatMap(({ raw }) => kept(raw, keep)),
    digest: digestOfLines(manifestLine(about, lines.length), lines),
  };
}

function withoutNoise(object: PlainObject, at: number): Raw {
  const slim = lean(object, 'all');
  maskObject(slim);
  return { from: 'object', at, object: slim as unknown as (Raw & { from: 'object' })['object'] };
}

function kept(raw: Raw, keep: Keep): readonly Raw[] {
  if (keep === 'all' || raw.from !== 'object') return [raw];
  if (!kindsRead.has(`${raw.object.apiVersion}/${raw.object.kind}`)) return [];
  return [{ ...raw, object: lean(raw.object as PlainObject, keep) as unknown as typeof raw.object }];
}

interface EntryFound {
  readonly raws: readonly Found[];
  readonly faults: readonly Fault[];
}

function readEntry({ path, bytes }: CaptureEntry, at: number): EntryFound {
  const place = startOf(path);
  if (!isInnerPath(path)) {
    const fault = error('CAPTURE_NAME', place, 'has a name that no file of a capture can have', 'rename it');
    return { raws: [], faults: [fault] };
  }
  if (isManifest(path) || isForPeople(path)) return { raws: [], faults: [] };
  if (path === factsFile) return readFacts(path, bytes, at);
  const [room] = path.split('/');
  if (room === 'hosts') return readHost(path, bytes, at);
  if (room === 'linstor') return readLinstor(path, bytes, at);
  if (/\.(json|ya?ml)$/.test(path)) return readObjects(path, bytes, at);
  return { raws: [], faults: [leftOut(place, 'is no .json and no .yaml; it is left out')] };
}

function readFacts(path: string, bytes: Uint8Array, at: number): EntryFound {
  return whenText(path, bytes, bytesMax.yaml, (source) => {
    const site = loadFacts(source);
    if (!site.ok) return { raws: [], faults: site.faults };
    const { frozen, ...known } = site.value;
    const raw: Raw = { from: 'stated', at, ...known, ...(frozen.length === 0 ? {} : { frozen }) };
    return { raws: [{ raw, place: startOf(path) }], faults: site.warnings };
  });
}

function readHost(path: string, bytes: Uint8Array, at: number): EntryFound {
  const place = startOf(path);
  const [, node = '', ...rest] = path.split('/');
  const what = rest.join('/');
  if (what === '')
    return { raws: [], faults: [leftOut(place, 'stands beside the folders of the hosts; it is left out')] };
  if (!isDnsName(node)) {
    return { raws: [], faults: [error('CAPTURE_NAME', place, `\`${node}\` is no name that a node can have`)] };
  }
  if (!isHostName(what))
    return { raws: [], faults: [leftOut(place, 'is nothing that is read of a host; it is left out')] };
  return whenText(path, bytes, bytesMax.text, ({ text }) => ({
    raws: [{ raw: { from: 'host', at, node, what, text: maskText(text) }, place }],
    faults: [],
  }));
}

function readLinstor(path: string, bytes: Uint8Array, at: number): EntryFound {
  const place = startOf(path);
  if (!path.endsWith('.json')) return { raws: [], faults: [leftOut(place, 'is no reply as .json; it is left out')] };
  return whenText(path, bytes, bytesMax.text, ({ text }) => ({
    raws: [{ raw: { from: 'linstor', at, path: linstorPath(path), text: maskJsonText(text) }, place }],
    faults: [],
  }));
}

function readObjects(path: string, bytes: Uint8Array, at: number): EntryFound {
  const isJson = path.endsWith('.json');
  // A document that starts like JSON is read as JSON, whatever the file is called: it is a hundred times faster.
  return whenText(path, bytes, isJson ? bytesMax.json : bytesMax.yaml, (source) => {
    const why = whyNoDocument(source.text);
    if (why !== undefined) return readNoDocument(path, at, startOf(path), why);
    if (isJson) return readJson(source, at);
    if (/^\s*\{/.test(source.text) && parseJson(source).ok) return readJson(source, at);
    return readYaml(source, at);
  });
}

function readJson(source: SourceText, at: number): KubernetesFound {
  const parsed = parseJson(source);
  if (!parsed.ok) return { raws: [], faults: parsed.faults };
  // Only a fault needs a place inside the file, and only a small file is worth parsing again for it.
  let tree: ReturnType<typeof parseTree> | undefined;
  const placeOf = (pointer: string): Place => {
    if (pointer === '' || source.text.length > 4 * mebi) return startOf(source.file);
    tree ??= parseTree(source, Number.POSITIVE_INFINITY);
    return tree.ok ? treeAt(tree.value, pointer).at : startOf(source.file);
  };
  return readKubernetes(parsed.value, source.file, at, placeOf);
}

function readYaml(source: SourceText, at: number): KubernetesFound {
  const trees = parseTrees(source, yamlPartsMax);
  if (!trees.ok) return { raws: [], faults: trees.faults };
  const found = trees.value.map((tree) =>
    readKubernetes(toJson(tree), source.file, at, (pointer) => treeAt(tree, pointer).at),
  );
  return { raws: found.flatMap(({ raws }) => raws), faults: found.flatMap(({ faults }) => faults) };
}

function manifestOf(entries: readonly CaptureEntry[], faults: Fault[]): Manifest | undefined {
  const entry = entries.find(({ path }) => isManifest(path));
  if (entry === undefined) return undefined;
  const text = decodeText(entry.path, entry.bytes, bytesMax.manifest);
  // It may name every file of a large site; its bytes are what bounds it.
  const tree = text.ok ? parseTree(text.value, Number.POSITIVE_INFINITY) : text;
  const manifest = tree.ok ? manifestFrom(tree.value, 'folder') : tree;
  if (manifest.ok) return manifest.value;
  faults.push(...manifest.faults);
  return undefined;
}

/** What the manifest says of the folder, and the folder does not bear out. */
function liesAbout(manifest: Manifest, paths: ReadonlySet<string>, found: readonly Found[]): readonly Fault[] {
  const had = new Map(found.map(({ raw }) => [identityOf(raw), raw]));
  const faults: Fault[] = [];
  for (const { path, place } of manifest.fetched) {
    if (!paths.has(path)) faults.push(error('CAPTURE_MANIFEST', place, `there is no file \`${path}\``));
  }
  for (const { raw, place } of rawsOfManifest(manifest)) {
    const other = had.get(identityOf(raw));
    if (raw.from !== 'observer' && other !== undefined && !('failed' in other)) {
      faults.push(error('CAPTURE_MANIFEST', place, `says that ${nameOf(raw)} is missing, and it is there`));
    }
  }
  for (const { what, place } of manifest.missing) {
    const thing = missingThing(what);
    if (thing?.kind === 'whole-host' && found.some(({ raw }) => raw.from === 'host' && raw.node === thing.node)) {
      faults.push(error('CAPTURE_MANIFEST', place, `says that all of \`${what}\` is missing, and some of it is there`));
    }
  }
  if (manifest.complete) {
    for (const { raw, place } of found) {
      if ('failed' in raw)
        faults.push(
          error('CAPTURE_MANIFEST', place, `says that ${nameOf(raw)} could not be had, and the manifest says complete`),
        );
    }
  }
  return faults;
}

function unknownNodes(manifest: Manifest, found: readonly Found[]): readonly Fault[] {
  const unknown = new Set(strangers(found.map(({ raw }) => raw)));
  return manifest.observer.flatMap(({ node, place }) =>
    unknown.has(node) ? [error('CAPTURE_MANIFEST', place, `there is no node \`${node}\` in this capture`)] : [],
  );
}

function whenText(path: string, bytes: Uint8Array, max: number, then: (source: SourceText) => EntryFound): EntryFound {
  const text = decodeText(path, bytes, max);
  return text.ok ? then(text.value) : { raws: [], faults: text.faults };
}

/** The folder above: read as one capture, it would be a fault a file. */
function capturesIn(entries: readonly CaptureEntry[]): Fault | undefined {
  if (entries.some(({ path }) => isManifest(path))) return undefined;
  const names = entries.flatMap(({ path }) => {
    const [folder = '', file, ...rest] = path.split('/');
    return file === 'capture.yaml' && rest.length === 0 ? [`\`${folder}\``] : [];
  });
  if (names.length === 0) return undefined;
  const shown = [...names.slice(0, 8), ...(names.length > 8 ? [`${names.length - 8} more`] : [])].join(', ');
  return error('CAPTURE_FORMAT', startOf(''), 'holds captures, and is none itself', `name one of them: ${shown}`);
}

function isManifest(path: string): boolean {
  return path === 'capture.yaml';
}

/** Notes for people, and what Git and editors leave. */
function isForPeople(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.md') || name.startsWith('.') || name === 'LICENSE';
}

function leftOut(place: Place, says: string): Fault {
  return warning('CAPTURE_UNKNOWN_FILE', place, says, 'remove it, or name it as docs/captures.md says');
}

function startOf(file: string): Place {
  return { file, line: 1, col: 1 };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
