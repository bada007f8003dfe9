import { canonical, type Json } from '../kernel/digest.ts';
import { compareVersions } from '../profile/version-order.ts';
import { toJson } from '../source/tree.ts';
import type { Level, StructureChange } from './change.ts';
import { item } from './item.ts';
import type { Side } from './side.ts';

/** What a pack decides otherwise, on a capture or on a made-up site. */
export interface DecidedOtherwise {
  readonly pack: string;
  /** Undefined: no site was found that tells. */
  readonly level: Level | undefined;
}

/** Whether versions were raised as far as what changed, and no farther. Whoever rolls a profile out goes by its version: two that
 *  decide otherwise under one version cannot be told apart. */
export function versionChanges(
  old: Side,
  fresh: Side,
  decided: readonly DecidedOtherwise[],
  structure: readonly StructureChange[],
): readonly StructureChange[] {
  const otherwise = decided.flatMap(({ pack, level }) => (level === undefined ? [] : [{ pack, level }]));
  const levelsOf = (pack: string): readonly Level[] => {
    const file = fresh.profile.packs.find(({ name }) => name === pack)?.file;
    const here = structure.filter(({ newAt, oldAt }) => file !== undefined && (newAt ?? oldAt)?.file === file);
    return [...otherwise.filter((change) => change.pack === pack), ...here].map(({ level }) => level);
  };
  const packs = fresh.profile.packs.flatMap(({ name, version }, at) => {
    const before = old.profile.packs.find((pack) => pack.name === name);
    if (before === undefined) return [];
    const same = textWithout(old, before.name) === textWithout(fresh, name);
    const levels = levelsOf(name);
    const decides = (otherwise.some(({ pack }) => pack === name) || levels.includes('danger')) && !same;
    const place = fresh.packs[at]?.tree.at ?? { file: '', line: 1, col: 1 };
    return told(`pack ${name}`, before.version, version, decides, same ? 'nothing' : extent(levels), place);
  });
  const all = [...otherwise, ...structure].map(({ level }) => level);
  const what = old.profile.digest === fresh.profile.digest ? 'nothing' : extent(all);
  const { at } = fresh.document;
  const whole = told(
    `profile ${fresh.profile.name}`,
    old.profile.version,
    fresh.profile.version,
    otherwise.length > 0 || all.includes('danger'),
    what,
    at,
  );
  return [...packs, ...whole];
}

type Extent = 'nothing' | 'nothing that decides' | 'what is decided';

function extent(levels: readonly Level[]): Extent {
  return levels.some((level) => level !== 'routine') ? 'what is decided' : 'nothing that decides';
}

function told(
  name: string,
  was: string,
  is: string,
  decides: boolean,
  changed: Extent,
  at: StructureChange['newAt'],
): readonly StructureChange[] {
  const order = compareVersions(is, was);
  if (order < 0) return [item('caution', 'version', 'changed', name, `${was} → ${is}, which is older`, null, at)];
  if (order === 0) {
    const says = `is ${is} still, and decides otherwise`;
    return decides ? [item('caution', 'version', 'not raised', name, says, null, at)] : [];
  }
  const beyond =
    changed === 'what is decided' ? '' : sizeOf(was, is) > 1 || changed === 'nothing' ? `, and ${changed} changed` : '';
  return [item('routine', 'version', 'raised', name, `${was} → ${is}${beyond}`, null, at)];
}

/** 3: the first number was raised, 2: the second, 1: anything behind it. */
function sizeOf(was: string, is: string): number {
  const [before, after] = [was.split('.'), is.split('.')];
  return before[0] !== after[0] ? 3 : before[1] !== after[1] ? 2 : 1;
}

/** A pack's document but for its version. */
function textWithout({ profile, packs }: Side, name: string): string {
  const tree = packs[profile.packs.findIndex((pack) => pack.name === name)]?.tree;
  if (tree === undefined) return '';
  const plain = toJson(tree) as Readonly<Record<string, Json>>;
  const metadata = plain.metadata as Readonly<Record<string, Json>> | undefined;
  return canonical({ ...plain, metadata: { ...metadata, version: '' } });
}
