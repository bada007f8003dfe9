import { type Drift, driftKey } from '../../review/corpus/drift.ts';
import type { Kept } from '../../review/corpus/kept.ts';
import type { Side } from '../../review/side.ts';
import { type Look, plainly } from '../paint.ts';
import { paragraph } from '../table.ts';
import { count } from './count.ts';
import type { Data } from './data.ts';
import { sideWords } from './diff-words.ts';
import { named } from './named.ts';

export interface Checked {
  readonly side: Side;
  /** Of captures, as everywhere here by their names. */
  readonly same: readonly string[];
  readonly drifted: readonly Drifted[];
  /** That are other captures than were added, whatever they decide. */
  readonly altered: readonly string[];
  /** That nothing tells apart any more. */
  readonly alike: readonly (readonly string[])[];
  readonly notAdded: readonly string[];
  /** Added by another profile: not judged. */
  readonly others: readonly Kept[];
  readonly broken: readonly string[];
  /** Whose new decisions were written down. */
  readonly updated: readonly string[];
}

export interface Drifted {
  readonly name: string;
  readonly drifts: readonly Drift[];
}

interface Told {
  readonly drift: Drift;
  readonly on: readonly { readonly capture: string; readonly objects: readonly string[] }[];
}

/** The same drift once, on all captures. */
function toldOf(drifted: readonly Drifted[]): readonly Told[] {
  const all = drifted.flatMap(({ name, drifts }) => drifts.map((drift) => ({ capture: name, drift })));
  const groups = Map.groupBy(all, ({ drift }) => driftKey(drift));
  return [...groups]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, same]) => {
      const [first] = same;
      if (first === undefined) return [];
      return [{ drift: first.drift, on: same.map(({ capture, drift }) => ({ capture, objects: drift.objects })) }];
    });
}

/** `corpus check -o json`: described in schemas/corpus-check.v1.json. */
export function checkedData(corpus: string, checked: Checked): Data {
  const { side, same, drifted, altered, alike, notAdded, others, broken, updated } = checked;
  const { name, version, digest } = side.profile;
  return {
    schemaVersion: 'corpus-check/v1',
    corpus,
    profile: { name, version, digest },
    same: [...same],
    drifted: drifted.map((one) => one.name),
    altered: [...altered],
    drifts: toldOf(drifted).map(({ drift: { kind, name: what, from, to, was, because }, on }) => ({
      kind,
      name: what,
      from,
      to,
      was: [...was],
      because: [...because],
      on: on.map(({ capture, objects }) => ({ capture, objects: [...objects] })),
    })),
    alike: alike.map((names) => [...names]),
    notAdded: [...notAdded],
    otherProfile: others.map((kept) => ({ name: kept.name, profile: kept.profile.name })),
    broken: [...broken],
    updated: [...updated],
  };
}

/** What decides otherwise. */
export function checkedNames({ drifted }: Checked): readonly string[] {
  return drifted.map(({ name }) => name);
}

export function checkedText(checked: Checked, look: Look): string {
  const { side, same, drifted, altered, alike, notAdded, others, broken, updated } = checked;
  const judged = same.length + drifted.length;
  const head = [
    judged === 0
      ? 'no capture here was added by this profile and could be judged'
      : `${drifted.length} of ${count(judged, 'capture')} ${drifted.length === 1 || judged === 1 ? 'decides' : 'decide'} otherwise than when added`,
    ...(broken.length === 0 ? [] : [`${count(broken.length, 'capture')} could not be judged`]),
  ];
  const list = (lead: string, names: readonly string[]): string =>
    names.length === 0 ? '' : paragraph(look, '', `${lead}: ${names.join(' ')}`, look.unsure);
  const profiles = [...new Set(others.map(({ profile }) => profile.name))];
  return [
    `${plainly(sideWords(side, look.wide), look)}\n`,
    paragraph(look, '', head.join('; '), drifted.length === 0 ? look.good : look.bad),
    ...toldOf(drifted).map((told) => toldText(told, look)),
    list('another capture than was added', altered),
    ...alike.map((names) => list('nothing tells them apart any more', names)),
    list('not added, so nothing is known of when it was', notAdded),
    ...profiles.map((of) =>
      list(
        `added by ${of}, not judged`,
        others.filter(({ profile }) => profile.name === of).map(({ name }) => name),
      ),
    ),
    list('not judged', broken),
    list('what is decided now was written down', updated),
  ].join('');
}

function toldText({ drift, on }: Told, look: Look): string {
  const { kind, name, from, to, was, because } = drift;
  const what = kind === 'phase' ? name : kind === 'objects' ? `number of ${name}s` : `${kind} ${name}`;
  const turn = from === to ? `${to}, for another reason` : `${from} ${look.signs.arrow} ${to}`;
  const why = [
    ...(was.length === 0 ? [] : [`${from} was: ${was.join(', ')}`]),
    ...(because.length === 0 ? [] : [`${to} is: ${because.join(', ')}`]),
  ];
  return [
    `  ${look.strong(plainly(what, look))}  ${plainly(turn, look)}\n`,
    ...why.map((line) => paragraph(look, '    ', line, look.quiet)),
    ...on.map(({ capture, objects }) => {
      const whom = objects.length === 0 || objects[0] === 'site' ? '' : `: ${named(objects, look)}`;
      return paragraph(look, '    ', `${capture}${whom}`);
    }),
  ].join('');
}
