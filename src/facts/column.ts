import { grades } from '../kernel/fact.ts';
import type { Cell, Column, Population } from '../kernel/snapshot.ts';
import type { FactDeclaration } from '../kernel/vocabulary.ts';

type Summary = Pick<Column, 'oldestMs' | 'newestMs' | 'worstGrade'>;

/** Keeps the column of one fact up to date. A column that nothing touched is handed out again, the same object; one that
 *  was touched is copied with only the touched cells made anew, so that a fold costs what it changed. */
export class ColumnMaker {
  readonly fact: FactDeclaration;
  readonly #cellOf: (id: string) => Cell;
  readonly #touched = new Set<string>();
  #indexOf: ReadonlyMap<string, number> | undefined;
  #column: Column | undefined;
  /** Moments and grades beside the cells, so that the summaries are a run over plain numbers. */
  #moments = new Float64Array(0);
  #grades = new Uint8Array(0);

  constructor(fact: FactDeclaration, cellOf: (id: string) => Cell) {
    this.fact = fact;
    this.#cellOf = cellOf;
  }

  touch(id: string): void {
    this.#touched.add(id);
  }

  over(population: Population): Column {
    const { members, indexOf } = population;
    if (this.#column !== undefined && this.#indexOf === indexOf) {
      if (this.#touched.size === 0) return this.#column;
      const indices: number[] = [];
      for (const id of this.#touched) {
        const index = indexOf.get(id);
        if (index !== undefined) indices.push(index);
      }
      this.#touched.clear();
      if (indices.length === 0) return this.#column;
      const cells = this.#column.cells.slice();
      const values = this.#column.values.slice();
      for (const index of indices) this.#put(cells, values, index, members[index]?.id ?? '');
      this.#column = this.#summed(cells, values, this.#column, indices);
      return this.#column;
    }
    this.#indexOf = indexOf;
    this.#touched.clear();
    this.#moments = new Float64Array(members.length);
    this.#grades = new Uint8Array(members.length);
    const cells: Cell[] = [];
    const values: Column['values'][number][] = [];
    members.forEach(({ id }, index) => {
      this.#put(cells, values, index, id);
    });
    this.#column = this.#summed(cells, values);
    return this.#column;
  }

  #put(cells: Cell[], values: Column['values'][number][], index: number, id: string): void {
    const cell = this.#cellOf(id);
    const present = cell.kind === 'present';
    cells[index] = cell;
    values[index] = present ? cell.value : undefined;
    this.#moments[index] = present ? cell.seenAtMs : Number.POSITIVE_INFINITY;
    this.#grades[index] = present ? grades.indexOf(cell.grade) : 0;
  }

  #summed(cells: readonly Cell[], values: Column['values'], last?: Column, touched: readonly number[] = []): Column {
    return { fact: this.fact, cells, values, ...(this.#lastSummary(last, touched) ?? this.#summary()) };
  }

  /** The last summary moved by what was touched, if its extremes still stand in some cell; undefined if one went. */
  #lastSummary(last: Column | undefined, touched: readonly number[]): Summary | undefined {
    if (last === undefined) return undefined;
    let { oldestMs, newestMs, worstGrade } = last;
    for (const index of touched) {
      const moment = this.#moments[index] ?? Number.POSITIVE_INFINITY;
      if (moment === Number.POSITIVE_INFINITY) continue;
      oldestMs = Math.min(oldestMs, moment);
      newestMs = Math.max(newestMs, moment);
      worstGrade = Math.max(worstGrade, this.#grades[index] ?? 0);
    }
    const stand =
      this.#moments.includes(oldestMs) && this.#moments.includes(newestMs) && this.#grades.includes(worstGrade);
    return stand ? { oldestMs, newestMs, worstGrade } : undefined;
  }

  #summary(): Summary {
    let oldestMs = Number.POSITIVE_INFINITY;
    let newestMs = Number.NEGATIVE_INFINITY;
    let worstGrade = 0;
    for (const moment of this.#moments) {
      if (moment < oldestMs) oldestMs = moment;
      if (moment > newestMs && moment < Number.POSITIVE_INFINITY) newestMs = moment;
    }
    for (const grade of this.#grades) if (grade > worstGrade) worstGrade = grade;
    return { oldestMs, newestMs, worstGrade };
  }
}
