import { type SubjectKind, subjectKinds } from '../../kernel/subject.ts';
import { byText } from '../change.ts';
import type { Decided, Told } from './decided.ts';

/** What a capture decided when it was put into a corpus, as it is kept beside it. Objects that decide alike are one line. */
export interface Kept {
  /** As the corpus calls it. */
  readonly name: string;
  /** The digest of the capture that was judged. */
  readonly capture: string;
  readonly takenAtMs: number | null;
  readonly addedAtMs: number;
  readonly profile: KeptProfile;
  readonly objects: ReadonlyMap<SubjectKind, number | null>;
  readonly phase: Group;
  /** By section, then by name. Of what is not here somebody was not asked, or it was as nobody looks at: a finding that is not raised,
   *  a step that is open. */
  readonly sections: Readonly<Record<Section, ReadonlyMap<string, readonly Group[]>>>;
}

export interface KeptProfile {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** In the order of the file. */
export const sections = ['gates', 'findings', 'workflows', 'guards', 'steps'] as const;
export type Section = (typeof sections)[number];

const sectionOf = {
  gate: 'gates',
  finding: 'findings',
  workflow: 'workflows',
  guard: 'guards',
  step: 'steps',
} as const;
export const kindOfSection = {
  gates: 'gate',
  findings: 'finding',
  workflows: 'workflow',
  guards: 'guard',
  steps: 'step',
} as const satisfies Readonly<Record<Section, Told['kind']>>;

/** Objects that decide alike, for the same facts. */
export interface Group {
  readonly is: string;
  /** Undefined: all that there are. */
  readonly of?: readonly string[];
  readonly because: readonly string[];
}

/** What a name says that is not kept: that it is as nobody looks at. */
export const quiet: Readonly<Partial<Record<Told['kind'], string>>> = { finding: 'not raised', step: 'open' };

export function keptOf(decided: Decided, about: Omit<Kept, 'objects' | 'phase' | 'sections'>): Kept {
  const found: Record<Section, Map<string, readonly Group[]>> = {
    gates: new Map(),
    findings: new Map(),
    workflows: new Map(),
    guards: new Map(),
    steps: new Map(),
  };
  let phase: Group = { is: 'unknown', because: [] };
  for (const all of Map.groupBy(decided.told, ({ kind, name }) => `${kind} ${name}`).values()) {
    const [{ kind, name, is, because } = noTold] = all;
    if (kind === 'phase') phase = { is, because };
    else {
      const groups = groupsOf(all).filter((group) => group.is !== quiet[kind]);
      if (groups.length > 0) found[sectionOf[kind]].set(name, groups);
    }
  }
  for (const section of sections) found[section] = new Map([...found[section]].sort(byName));
  return { ...about, objects: decided.objects, phase, sections: found };
}

const noTold: Told = { kind: 'phase', name: '', per: 'site', object: '', is: 'unknown', because: [] };

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return byText(left, right);
}

function groupsOf(all: readonly Told[]): readonly Group[] {
  const groups = Map.groupBy(all, ({ is, because }) => JSON.stringify([is, because]));
  return [...groups].sort(byName).map(([, same]) => {
    const [{ is, because } = noTold] = same;
    const of = same.map(({ object }) => object).sort(byText);
    return { is, because, ...(groups.size === 1 ? {} : { of }) };
  });
}

/** Kinds of which there is somebody, or nobody knows. */
export function populated({ objects }: Pick<Kept, 'objects'>): readonly (readonly [SubjectKind, number | null])[] {
  return subjectKinds.flatMap((kind) => {
    const count = objects.get(kind);
    return kind === 'site' || count === undefined || count === 0 ? [] : [[kind, count] as const];
  });
}
