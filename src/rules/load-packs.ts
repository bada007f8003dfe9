import type { Capability } from '../kernel/capability.ts';
import { error, type Fault, invariant, type Loaded, loadedUnless, type Place } from '../kernel/fault.ts';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import { shown } from '../source/shown.ts';
import { hintFor } from '../source/suggest.ts';
import type { SourceText } from '../source/text.ts';
import { child, type Entry, type MapTree, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';
import type { Condition } from './condition.ts';
import { type PackTree, startPack } from './link.ts';
import { linkMachines } from './link-machine.ts';
import type { GateNames, Size } from './link-scope.ts';
import type { Gate, RulePack } from './pack.ts';
import { checkShape } from './shape.ts';

export interface PackOptions {
  readonly vocabulary: Vocabulary;
  /** What the profile's backend and operating system can do; undefined: not asked. */
  readonly capabilities?: readonly Capability[];
  /** What the profile sets, as it wrote it; undefined: nothing is set. */
  readonly parameters?: MapTree | undefined;
  /** Where a missing parameter is missing. */
  readonly parametersAt?: Place;
  /** No profile is at hand, only checking is asked for: required parameters get values that fit. What comes of it is
   *  not to be judged with. */
  readonly standIns?: true;
}

/** Texts → packs of one profile, or every fault of all of them. */
export function loadPacks(sources: readonly SourceText[], options: PackOptions): Loaded<readonly RulePack[]> {
  const faults: Fault[] = [];
  const trees: PackTree[] = [];
  for (const source of sources) {
    const tree = parseTree(source);
    if (tree.ok) trees.push({ file: source.file, tree: tree.value });
    else faults.push(...tree.faults);
  }
  return linkPacks(
    trees,
    options,
    faults,
    sources.map(({ file }) => file),
  );
}

/** Parsed packs → linked ones. `before`: faults of packs that did not even parse; their gates may be anything. */
export function linkPacks(
  trees: readonly PackTree[],
  options: PackOptions,
  before: readonly Fault[] = [],
  files: readonly string[] = trees.map(({ file }) => file),
): Loaded<readonly RulePack[]> {
  const shapes = trees.map((pack) => ({ pack, shape: checkShape(pack.tree, 'rule-pack') }));
  const packs = shapes.filter(({ shape }) => shape.rightKind).map(({ pack }) => pack);
  const complete = before.length === 0 && packs.length === trees.length;
  const start = { file: trees[0]?.file ?? '', line: 1, col: 1 };
  const parameters = {
    values: options.parameters,
    at: options.parametersAt ?? start,
    ...(options.standIns === undefined ? {} : { standIns: options.standIns }),
  };
  const sizes = new Map<Condition, Size>();
  const faults = [...before];
  const names = gateNames(packs, complete);
  const started = shapes.map(({ pack, shape }) => {
    if (!shape.rightKind) return { shape };
    const wellShaped = !shape.faults.some(({ severity }) => severity === 'error');
    const part = startPack(pack, namesIn(pack, names), { ...options, parameters, sizes }, wellShaped);
    return part === undefined ? { shape } : { shape, part };
  });
  const machines = linkMachines(
    started.flatMap(({ part }) => part ?? []),
    { complete, ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }) },
  );
  const linked: RulePack[] = [];
  const declared = new Set<string>();
  for (const { shape, part } of started) {
    faults.push(...shape.faults);
    for (const name of part?.declared ?? []) declared.add(name);
    const result = part?.finish(machines.get(part.name)) ?? { faults: [] };
    const own = result.faults.filter((fault) => !shape.faults.some(({ at }) => samePlace(at, fault.at)));
    faults.push(...own);
    if (!shape.rightKind) continue;
    const errors = [...shape.faults, ...own].filter(({ severity }) => severity === 'error');
    // What the linker names better was left to it; if it found nothing, the schema has the last word.
    if (errors.length === 0) faults.push(...shape.leftToLinker);
    if (result.pack !== undefined) linked.push(result.pack);
  }
  faults.push(...repeatedNames(packs));
  if (complete) faults.push(...unknownParameters(options.parameters, declared));
  return loadedUnless(inReadingOrder(faults, files), () => {
    invariant(linked.length === trees.length, 'a pack without a fault was not loaded');
    return linked;
  });
}

/** The gates of all packs, as far as they all share them. */
function gateNames(packs: readonly PackTree[], complete: boolean) {
  const all = packs.flatMap((pack) => section(pack, 'gates').map(({ key }) => `${packName(pack)}/${key}`));
  return { full: new Set(all), complete, linked: new Map<string, Gate>(), asked: new Set<string>() };
}

function namesIn(pack: PackTree, { full, ...shared }: ReturnType<typeof gateNames>): GateNames {
  const own = packName(pack);
  return {
    ...shared,
    find: (name) => [name.includes('/') ? name : `${own}/${name}`].find((candidate) => full.has(candidate)),
    known: [...section(pack, 'gates').map(({ key }) => key), ...full],
  };
}

/** One name, one thing, over all packs of a profile: people ask for gates and findings by name alone. */
function repeatedNames(packs: readonly PackTree[]): readonly Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, Place>();
  const claim = (what: string, name: string, at: Place): void => {
    const first = seen.get(`${what} ${name}`);
    if (first === undefined) seen.set(`${what} ${name}`, at);
    else
      faults.push(
        error('PACK_DUPLICATE_NAME', at, `there is another ${what} \`${shown(name)}\`, at ${first.file}:${first.line}`),
      );
  };
  for (const pack of packs) {
    const nameTree = child(child(pack.tree, 'metadata'), 'name');
    if (nameTree?.kind === 'scalar') claim('pack', nameTree.text, nameTree.at);
    for (const kind of ['gates', 'findings'] as const) {
      for (const { key, keyAt } of section(pack, kind)) claim('gate or finding', key, keyAt);
    }
    const drives = child(child(pack.tree, 'spec'), 'drives');
    if (drives?.kind === 'scalar') claim('pack that drives', drives.text, drives.at);
    const rollup = child(child(pack.tree, 'spec'), 'rollup');
    if (rollup !== undefined) claim('rollup in', 'this profile', rollup.at);
  }
  return faults;
}

function unknownParameters(set: MapTree | undefined, declared: ReadonlySet<string>): readonly Fault[] {
  return (set?.entries ?? []).flatMap(({ key, keyAt }) => {
    if (declared.has(key)) return [];
    const hint = hintFor(key, declared, 'declare it in the pack that reads it');
    return [error('PACK_UNKNOWN_PARAMETER', keyAt, `no pack declares the parameter \`${shown(key)}\``, hint)];
  });
}

/** In the order in which a person reads the files. */
export function inReadingOrder(faults: readonly Fault[], files: readonly string[]): readonly Fault[] {
  const order = new Map(files.map((file, index) => [file, index]));
  return [...faults].sort(
    (a, b) =>
      (order.get(a.at.file) ?? -1) - (order.get(b.at.file) ?? -1) || a.at.line - b.at.line || a.at.col - b.at.col,
  );
}

function samePlace(left: Place, right: Place): boolean {
  return left.line === right.line && left.col === right.col;
}

function packName({ tree }: PackTree): string {
  const name = child(child(tree, 'metadata'), 'name');
  return name?.kind === 'scalar' ? name.text : '';
}

function section({ tree }: PackTree, key: string): readonly Entry[] {
  const found: Tree | undefined = child(child(tree, 'spec'), key);
  return found?.kind === 'map' ? found.entries : [];
}
