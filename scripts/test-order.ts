import { basename } from 'node:path';
import type { Group } from './mutation-process.ts';

/** In which order a file's tests are asked about its mutants: whoever is likely to notice first, whoever is slow last. */
export class TestOrder {
  readonly #ms = new Map<string, number>();
  /** By file, how often each test noticed. */
  readonly #noticed = new Map<string, Map<string, number>>();

  measured(ms: Readonly<Record<string, number>>): void {
    for (const [test, each] of Object.entries(ms)) this.#ms.set(test, each);
  }

  noticed(file: string, killedBy: string): void {
    const [test = ''] = killedBy.split(' › ');
    const counts = this.#noticed.get(file) ?? new Map<string, number>();
    this.#noticed.set(file, counts.set(test, (counts.get(test) ?? 0) + 1));
  }

  groupsFor(file: string, tests: readonly string[]): readonly Group[] {
    const name = basename(file, '.ts');
    const counts = this.#noticed.get(file);
    const noticed = (test: string): number => counts?.get(test) ?? 0;
    const isOwn = (test: string): boolean => basename(test).startsWith(`${name}.`);
    const isQuick = (test: string): boolean => (this.#ms.get(test) ?? 0) < 250;
    const best = tests
      .filter((test) => noticed(test) > 0 && isQuick(test))
      .sort((one, two) => noticed(two) - noticed(one))
      .slice(0, 2);
    const first = tests.filter((test) => isOwn(test) || best.includes(test));
    const rest = tests.filter((test) => !first.includes(test));
    const room = file.split('/')[1] ?? '';
    const near = rest.filter((test) => isQuick(test) && test.includes(`/${room}/`));
    const far = rest.filter((test) => isQuick(test) && !near.includes(test));
    const slow = rest.filter((test) => !isQuick(test));
    return [first, near, far, slow].filter((group) => group.length > 0).map((group) => this.#group(group));
  }

  #group(tests: readonly string[]): Group {
    const ms = tests.reduce((sum, test) => sum + (this.#ms.get(test) ?? 0), 0);
    return { tests, withinMs: 10_000 + 8 * ms };
  }
}
