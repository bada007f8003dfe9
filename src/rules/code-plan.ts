import { grades } from '../kernel/fact.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import type { Link, Plan, PlannedRead } from './bind.ts';
import { type CodeScope, entering, innermost } from './code-scope.ts';
import type { Condition, FactRef, Quantified } from './condition.ts';
import { keyOf } from './key.ts';

export interface Rule {
  readonly per: SubjectKind;
  readonly when: Condition;
}

/** What the generated code will read, by number, and which answers it keeps: found while it is written, and no text of it. */
export class CodePlan {
  readonly site = new Numbered<FactRef>(factKey);
  readonly columns = new Numbered<FactRef>(factKey);
  readonly links = new Numbered<Link>(linkKey);
  readonly groups = new Numbered<Link>(linkKey);
  readonly constants = new Numbered<unknown>((value) => `${typeof value} ${JSON.stringify(value)}`);
  readonly remembered = new Numbered<Remembered>(({ key }) => key);
  readonly #rules: readonly Rule[];
  readonly #askedAt = new Map<string, number>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    for (const { per, when } of rules) this.#count(when, entering(new Map(), per, 'i'), per);
  }

  finish(): Plan {
    return {
      site: this.site.items.map(planned),
      columns: this.columns.items.map(planned),
      links: this.links.items,
      groups: this.groups.items,
      remembered: this.remembered.items.map(({ kind }) => kind),
      per: this.#rules.map(({ per }) => kindNumber(per)),
    };
  }

  /** A quantifier that is asked in several places, or more often than its answer can change, is asked once for each
   *  subject that its answer depends on. This is what keeps a gate of a node that looks at the whole site from costing
   *  the square of the nodes. */
  rememberedAt(
    condition: Quantified,
    scope: CodeScope,
  ): { readonly at: number; readonly kind: SubjectKind } | undefined {
    const kept = rememberedFor(condition, scope);
    if (kept === undefined || !this.#isWorthKeeping(kept)) return undefined;
    return { at: this.remembered.of({ ...kept, condition }), kind: kept.kind };
  }

  #isWorthKeeping({ key, oftenerThanNeeded }: Kept): boolean {
    return oftenerThanNeeded || (this.#askedAt.get(key) ?? 0) > 1;
  }

  /** How often each quantifier is asked, so that the first place already knows that there will be a second. */
  #count(condition: Condition, scope: CodeScope, within: SubjectKind): void {
    switch (condition.kind) {
      case 'leaf':
      case 'asks-unknown':
        return;
      case 'all':
      case 'any':
        for (const part of condition.of) this.#count(part, scope, within);
        return;
      case 'not':
      case 'named':
        this.#count(condition.of, scope, within);
        return;
      case 'quantified': {
        const kept = rememberedFor(condition, scope);
        if (kept !== undefined) {
          const before = this.#askedAt.get(kept.key) ?? 0;
          this.#askedAt.set(kept.key, before + 1);
          if (before > 0) return; // its parts are asked from its own function, once
        }
        const inner = entering(scope, condition.over, 'm');
        if (condition.where !== undefined) this.#count(condition.where, inner, condition.over);
        this.#count(condition.satisfies, inner, condition.over);
      }
    }
  }
}

interface Kept {
  readonly key: string;
  readonly kind: SubjectKind;
  readonly oftenerThanNeeded: boolean;
}
export interface Remembered extends Kept {
  readonly condition: Quantified;
}

/** Whose answer it is: the one subject in scope from which everything follows that the quantifier reads from outside. */
function rememberedFor(condition: Quantified, scope: CodeScope): Kept | undefined {
  const read = [...outsideKinds(condition)];
  const nearest = innermost(scope);
  const key = keyOf(condition);
  const [first, ...rest] = read;
  if (first === undefined) {
    return { key: `site ${key}`, kind: 'site', oftenerThanNeeded: nearest !== undefined };
  }
  const by = scope.get(first)?.by;
  if (by === undefined || rest.some((kind) => scope.get(kind)?.by !== by)) return undefined;
  const kind = rest.length === 0 ? first : by.over;
  return { key: `${kind} ${key}`, kind, oftenerThanNeeded: by !== nearest || kind !== by.over };
}

/** The kinds of which a condition reads the subject that was in scope before it. */
function outsideKinds(condition: Condition): ReadonlySet<SubjectKind> {
  const found = new Set<SubjectKind>();
  const visit = (of: Condition, inner: ReadonlySet<SubjectKind>): void => {
    const reads = (kind: SubjectKind): void => {
      if (kind !== 'site' && !inner.has(kind)) found.add(kind);
    };
    switch (of.kind) {
      case 'leaf':
        reads(of.read.subject);
        if (of.against.kind === 'fact') reads(of.against.subject);
        return;
      case 'asks-unknown':
        reads(of.read.subject);
        return;
      case 'all':
      case 'any':
        for (const part of of.of) visit(part, inner);
        return;
      case 'not':
      case 'named':
        visit(of.of, inner);
        return;
      case 'quantified': {
        of.within.forEach(reads);
        if (of.except !== undefined) reads(of.except);
        const entered = new Set([...inner, of.over, ...ancestorsOf(of.over)]);
        if (of.where !== undefined) visit(of.where, entered);
        visit(of.satisfies, entered);
      }
    }
  };
  visit(condition, new Set());
  return found;
}

/** Things by number, each once. */
class Numbered<T> {
  readonly items: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #key: (item: T) => string;

  constructor(key: (item: T) => string) {
    this.#key = key;
  }

  of(item: T): number {
    const key = this.#key(item);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.items.push(item);
    this.#numbers.set(key, this.items.length - 1);
    return this.items.length - 1;
  }
}

function planned({ name, maxAgeMs, grade, setTo }: FactRef): PlannedRead {
  return { name, maxAgeMs, gradeNumber: grades.indexOf(grade), ...(setTo === undefined ? {} : { setTo }) };
}

/** Two packs may set a parameter of one name to two values. */
function factKey({ name, subject, maxAgeMs, grade, setTo }: FactRef): string {
  return JSON.stringify([name, subject, String(maxAgeMs), grade, ...(setTo === undefined ? [] : [setTo])]);
}
function linkKey({ of, to }: Link): string {
  return `${of} ${to}`;
}
export function kindNumber(kind: SubjectKind): number {
  return subjectKinds.indexOf(kind);
}
