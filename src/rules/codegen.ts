import type { FactValue } from '../kernel/fact.ts';
import { invariant } from '../kernel/fault.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../kernel/subject.ts';
import type { Link, Plan } from './bind.ts';
import { CodePlan, kindNumber, type Remembered, type Rule } from './code-plan.ts';
import { type CodeScope, entering, innermost, isImplied, type Loop } from './code-scope.ts';
import type { Condition, FactRef, Leaf, Literal, Quantified } from './condition.ts';

/** Conditions as the text of one JavaScript function, three-valued: 0 false, 1 unknown, 2 true.
 *
 *  No text of an author enters the code. Words, names and lists stand in the array `constants` and are reached by their
 *  number; facts, kinds and links likewise (`bind.ts`). What is written out are our own words, counters, booleans and
 *  numbers that `JSON.stringify` printed. So a fact called `x; process.exit()` is a string in an array like any other. */
export interface Generated {
  readonly source: string;
  readonly plan: Plan;
  readonly constants: readonly unknown[];
}

/** The source is the body of a function of (`constants`, `same`, `hasSame`) that returns the pass: (bound, truths) → void. */
export function generate(rules: readonly Rule[]): Generated {
  return new Generation(rules).finish();
}

/** V8 never optimises a function whose bytecode is past 60 KB, so that a rule starts a new one from here on. */
const functionCharsMax = 24_000;

class Generation {
  readonly #rules: readonly Rule[];
  readonly #plan: CodePlan;
  readonly #functions: string[] = [];
  #locals = new Set<string>();
  #names = 0;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#plan = new CodePlan(rules);
  }

  finish(): Generated {
    const calls = this.#passes();
    for (let at = 0; at < this.#plan.remembered.items.length; at++) this.#answer(at);
    return {
      source: `'use strict';\n${this.#functions.join('\n')}\nreturn function pass(b, out) {\n${calls.join('\n')}\n};`,
      plan: this.#plan.finish(),
      constants: this.#plan.constants.items.map(inOneForm),
    };
  }

  // --- rules: one loop for all that are `per` the same kind ---

  #passes(): string[] {
    const calls: string[] = [];
    for (const kind of subjectKinds) {
      let body = '';
      const close = (): void => {
        if (body === '') return;
        const name = `pass${calls.length}`;
        const size = `b.known[${kindNumber(kind)}] ? b.sizes[${kindNumber(kind)}] : 0`;
        const loop = `const n = ${size};\nfor (let i = 0; i < n; i++) {\n${body}}\n`;
        this.#functions.push(this.#function(name, 'b, out', loop));
        calls.push(`${name}(b, out);`);
        body = '';
      };
      this.#rules.forEach(({ per, when }, at) => {
        if (per !== kind) return;
        const code = this.#withOwners(entering(new Map(), per, 'i'), (scope) => this.#into('r', when, scope, false));
        body += `{\nlet r;\n${code}out[${this.#local(`out$${at}`, `b.offsets[${at}]`)} + i] = r;\n}\n`;
        if (body.length > functionCharsMax) close();
      });
      close();
    }
    return calls;
  }

  #function(name: string, parameters: string, body: string): string {
    const locals = [...this.#locals].join('\n');
    this.#locals = new Set();
    return `function ${name}(${parameters}) {\n${locals}\nlet v, u;\n${body}}`;
  }

  #local(name: string, value: string): string {
    this.#locals.add(`const ${name} = ${value};`);
    return name;
  }

  #fresh(letter: string): string {
    return `${letter}${this.#names++}`;
  }

  // --- conditions ---

  /** Statements after which `into` holds the truth of the condition, or of its opposite. */
  #into(into: string, condition: Condition, scope: CodeScope, opposite: boolean): string {
    switch (condition.kind) {
      case 'leaf':
      case 'asks-unknown':
        return `${into} = ${this.#leaf(condition, scope, opposite)};\n`;
      case 'not':
        return this.#into(into, condition.of, scope, !opposite);
      case 'named':
        return this.#into(into, condition.of, scope, opposite);
      case 'all':
      case 'any':
        return this.#combined(into, condition, scope, opposite);
      case 'quantified':
        return this.#asked(into, condition, scope) + (opposite ? `${into} = 2 - ${into};\n` : '');
    }
  }

  /** The least, or the greatest, of the parts, left as soon as it is decided. */
  #combined(
    into: string,
    { kind, of }: Condition & { kind: 'all' | 'any' },
    scope: CodeScope,
    opposite: boolean,
  ): string {
    const isAll = (kind === 'all') !== opposite;
    const [start, decided] = isAll ? [2, 0] : [0, 2];
    const label = this.#fresh('L');
    let code = `${label}: {\n${into} = ${start};\n`;
    for (const part of flat(kind, of)) {
      if (part.kind === 'leaf') {
        const { read, holds } = this.#test(part, scope);
        const ends = isAll === opposite ? holds : `!(${holds})`;
        code += `if (${read}) ${into} = 1; else if (${ends}) { ${into} = ${decided}; break ${label}; }\n`;
        continue;
      }
      const one = this.#fresh('x');
      code += `let ${one};\n${this.#into(one, part, scope, opposite)}`;
      code += `if (${one} === ${decided}) { ${into} = ${decided}; break ${label}; }\nif (${one} === 1) ${into} = 1;\n`;
    }
    return `${code}}\n`;
  }

  #leaf(condition: Condition & { kind: 'leaf' | 'asks-unknown' }, scope: CodeScope, opposite: boolean): string {
    const [yes, no] = opposite ? [0, 2] : [2, 0];
    if (condition.kind === 'asks-unknown') return `${this.#read(condition.read, scope)} === undefined ? ${yes} : ${no}`;
    const { read, holds } = this.#test(condition, scope);
    return `${read} ? 1 : ${holds} ? ${yes} : ${no}`;
  }

  /** `read` is true when a side is unknown, and puts the sides into `v` and `u`; `holds` compares them. */
  #test({ read, operator, against }: Leaf, scope: CodeScope): { read: string; holds: string } {
    const left = `(v = ${this.#read(read, scope)}) === undefined`;
    if (against.kind === 'fact') {
      const right = `(u = ${this.#read(against, scope)}) === undefined`;
      return { read: `${left} || ${right}`, holds: this.#compared(operator, 'u', against.type.kind === 'set', read) };
    }
    return { read: left, holds: this.#comparedWith(operator, against, read) };
  }

  #comparedWith(operator: Leaf['operator'], { value }: Literal, read: FactRef): string {
    if (operator === 'in' || operator === 'notIn') {
      invariant(Array.isArray(value), 'the linker lets only lists stand beside `in`');
      const list = value as readonly FactValue[];
      const one =
        list.length === 0
          ? 'false'
          : list.length > 8 || list.some(Array.isArray)
            ? `hasSame(${this.#constant(list)}, v)`
            : list.map((each) => `v === ${this.#constant(each)}`).join(' || ');
      return operator === 'in' ? `(${one})` : `!(${one})`;
    }
    return this.#compared(operator, this.#constant(value), Array.isArray(value), read);
  }

  #compared(operator: Leaf['operator'], right: string, rightIsSet: boolean, read: FactRef): string {
    const sets = rightIsSet && read.type.kind === 'set';
    switch (operator) {
      case 'equal':
        return sets ? `same(v, ${right})` : `v === ${right}`;
      case 'notEqual':
        return sets ? `!same(v, ${right})` : `v !== ${right}`;
      case 'lessThan':
        return `v < ${right}`;
      case 'lessThanInclusive':
        return `v <= ${right}`;
      case 'greaterThan':
        return `v > ${right}`;
      case 'greaterThanInclusive':
        return `v >= ${right}`;
      case 'in':
        return `hasSame(${right}, v)`;
      case 'notIn':
        return `!hasSame(${right}, v)`;
      case 'contains':
        return `hasSame(v, ${right})`;
      case 'doesNotContain':
        return `!hasSame(v, ${right})`;
    }
  }

  #read(read: FactRef, scope: CodeScope): string {
    if (read.subject === 'site') {
      const at = this.#plan.site.of(read);
      return this.#local(`site$${at}`, `b.site[${at}]`);
    }
    const at = this.#plan.columns.of(read);
    return `${this.#local(`fact$${at}`, `b.columns[${at}]`)}[${this.#index(scope, read.subject)}]`;
  }

  /** Numbers and booleans are written out, null too; everything else is data. */
  #constant(value: Literal['value']): string {
    if (value === null || typeof value === 'boolean') return JSON.stringify(value);
    if (typeof value === 'number' && Number.isFinite(value)) return `(${JSON.stringify(value)})`;
    const at = this.#plan.constants.of(value);
    return this.#local(`const$${at}`, `constants[${at}]`);
  }

  // --- quantifiers ---

  #asked(into: string, condition: Quantified, scope: CodeScope): string {
    const kept = this.#plan.rememberedAt(condition, scope);
    if (kept === undefined) return this.#quantified(into, condition, scope);
    const { at, kind } = kept;
    const index = kind === 'site' ? '0' : this.#index(scope, kind);
    const answers = this.#local(`answers$${at}`, `b.remembered[${at}]`);
    return `${into} = ${answers}[${index}];\nif (${into} === 0) ${into} = ${answers}[${index}] = answer${at}(b, ${index}) + 1;\n${into}--;\n`;
  }

  #answer(at: number): void {
    const { condition, kind } = this.#plan.remembered.items[at] as Remembered;
    const loop: Loop = { over: kind, name: 'i' };
    const scope: CodeScope = kind === 'site' ? new Map() : entering(new Map(), kind, 'i', loop);
    const body = this.#withOwners(scope, (inner) => `let r;\n${this.#quantified('r', condition, inner)}return r;\n`);
    this.#functions.push(this.#function(`answer${at}`, 'b, i', body));
  }

  #quantified(into: string, condition: Quantified, scope: CodeScope): string {
    const { quantifier, over, where, satisfies, whenEmpty } = condition;
    const member = this.#fresh('m');
    const kinds = kindNumber(over);
    const known = this.#local(`known$${kinds}`, `b.known[${kinds}]`);
    const counts = quantifier.kind === 'atLeast' || quantifier.kind === 'atMost';
    const bound = counts ? JSON.stringify(quantifier.count) : '';
    const startsTrue = quantifier.kind === 'every' || quantifier.kind === 'none';
    const label = this.#fresh('L');
    const one = this.#fresh('x');
    const asked = where === undefined ? '' : this.#fresh('w');
    const [surely, perhaps, sure, possible] = ['y', 'z', 'a', 'p'].map((letter) => this.#fresh(letter));

    const inside = this.#withOwners(
      entering(scope, over, member),
      (inner) => {
        let code = '';
        if (where !== undefined) {
          code += `let ${asked};\n${this.#into(asked, where, inner, false)}if (${asked} === 0) continue;\n`;
          code += `if (${asked} === 2) ${surely} = true; else ${perhaps} = true;\n`;
        } else code += `${surely} = true;\n`;
        // Of `every` and `none` what each member adds is computed as its opposite where that is the plain reading.
        const opposite = quantifier.kind === 'none';
        code += `let ${one};\n${this.#into(one, satisfies, inner, opposite)}`;
        if (startsTrue) {
          if (where !== undefined) code += `if (${asked} === 1 && ${one} === 0) ${one} = 1;\n`;
          code += `if (${one} === 0) { ${into} = 0; break ${label}; }\nif (${one} === 1) ${into} = 1;\n`;
        } else {
          if (where !== undefined) code += `if (${asked} === 1 && ${one} === 2) ${one} = 1;\n`;
          if (!counts) {
            code += `if (${one} === 2) { ${into} = 2; break ${label}; }\nif (${one} === 1) ${into} = 1;\n`;
          } else {
            code += `if (${one} !== 0) ${possible}++;\nif (${one} === 2) ${sure}++;\n`;
            code +=
              quantifier.kind === 'atLeast'
                ? `if (${sure} >= ${bound}) { ${into} = 2; break ${label}; }\n`
                : `if (${sure} > ${bound}) { ${into} = 0; break ${label}; }\n`;
          }
        }
        return code;
      },
      innermost(scope),
    );

    let after = '';
    if (quantifier.kind === 'atLeast') {
      after += `${into} = ${sure} >= ${bound} ? 2 : ${possible} < ${bound} ? 0 : 1;\n`;
    } else if (quantifier.kind === 'atMost') {
      after += `${into} = ${possible} <= ${bound} ? 2 : ${sure} > ${bound} ? 0 : 1;\n`;
    }
    // Over nobody a yes of «all of them» and a no of «one of them» say nothing of a site.
    const yesNeedsSomebody = startsTrue || quantifier.kind === 'atMost';
    if (yesNeedsSomebody) {
      if (whenEmpty !== 'open') after += `if (${into} === 2 && !${surely}) ${into} = 1;\n`;
    } else {
      const nobody = whenEmpty === 'open' ? `${perhaps} ? 1 : 2` : '1';
      after += `if (${into} === 0 && !${surely}) ${into} = ${nobody};\n`;
    }
    const counters = counts ? `let ${sure} = 0, ${possible} = 0;\n` : '';
    const loop = this.#loop(condition, member, inside, scope);
    return `${label}: {\nif (!${known}) { ${into} = 1; break ${label}; }\n${into} = ${startsTrue ? 2 : 0};\nlet ${surely} = false, ${perhaps} = false;\n${counters}${loop}${after}}\n`;
  }

  #loop({ over, within, except }: Quantified, member: string, inside: string, scope: CodeScope): string {
    const whose = within.filter((kind) => kind !== 'site');
    const nearest = whose.find((kind) => kind !== over && !whose.some((other) => ancestorsOf(other).includes(kind)));
    const filters = whose.filter((kind) => kind !== nearest && !isImplied(kind, nearest, scope));
    const idOf = (kind: SubjectKind): string =>
      kind === over ? member : kind === 'site' ? '0' : `${this.#link({ of: over, to: kind })}[${member}]`;
    let skip = filters.map((kind) => `if (${idOf(kind)} !== ${this.#index(scope, kind)}) continue;\n`).join('');
    if (except !== undefined) skip += `if (${idOf(except)} === ${this.#index(scope, except)}) continue;\n`;
    if (nearest === undefined) {
      const kinds = kindNumber(over);
      const size = this.#local(`size$${kinds}`, `b.sizes[${kinds}]`);
      return `for (let ${member} = 0; ${member} < ${size}; ${member}++) {\n${skip}${inside}}\n`;
    }
    const group = this.#plan.groups.of({ of: over, to: nearest });
    const starts = this.#local(`starts$${group}`, `b.starts[${group}]`);
    const list = this.#local(`list$${group}`, `b.lists[${group}]`);
    const [at, end] = [this.#fresh('j'), this.#fresh('e')];
    const owner = this.#index(scope, nearest);
    return `for (let ${at} = ${starts}[${owner}], ${end} = ${starts}[${owner} + 1]; ${at} < ${end}; ${at}++) {\nconst ${member} = ${list}[${at}];\n${skip}${inside}}\n`;
  }

  // --- who is in scope ---

  #link(link: Link): string {
    const at = this.#plan.links.of(link);
    return this.#local(`link$${at}`, `b.links[${at}]`);
  }

  #index(scope: CodeScope, kind: SubjectKind): string {
    if (kind === 'site') return '0';
    const entered = scope.get(kind);
    invariant(entered !== undefined, 'the linker lets only subjects in scope be read');
    this.#used.add(entered.name);
    return entered.name;
  }

  #used = new Set<string>();

  /** The code of one loop's body, after the owners of its member that the body reads. */
  #withOwners(scope: CodeScope, body: (scope: CodeScope) => string, outer?: Loop): string {
    const code = body(scope);
    const loop = innermost(scope);
    if (loop === undefined || loop === outer) return code;
    let owners = '';
    for (const [kind, { name, by }] of scope) {
      if (by !== loop || kind === loop.over || !this.#used.delete(name)) continue;
      owners += `const ${name} = ${this.#link({ of: loop.over, to: kind })}[${loop.name}];\n`;
    }
    return owners + code;
  }
}

/** The parts of an `all`, with the parts of any `all` directly inside it. */
function flat(kind: 'all' | 'any', of: readonly Condition[]): readonly Condition[] {
  return of.flatMap((part) => {
    let plain = part;
    while (plain.kind === 'named') plain = plain.of;
    return plain.kind === kind ? flat(kind, plain.of) : [plain];
  });
}

/** A word that V8 has seen as the name of a member is one object wherever it occurs, and compares by address. */
function inOneForm(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const [word] = Object.keys({ [value]: 0 });
  return word ?? value;
}
