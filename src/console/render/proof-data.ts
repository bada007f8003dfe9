import type { Answered, Proof, Proved } from '../../review/proof.ts';
import type { MadeUpSite } from '../../witness/answer.ts';
import { sizesOf } from '../../witness/bound.ts';
import type { Data } from './data.ts';
import { placeData, reasonData } from './parts.ts';

/** What was proved of any site, as data. */
export function proofData({ bound, solver, questions, same }: Proof): Data {
  return { within: sizesOf(bound), solver, same, questions: questions.map(provedData) };
}

function provedData({ kind, pack, name, wasCalled, oldAt, newAt, level, opens, closes }: Proved): Data {
  return {
    level: level ?? null,
    kind,
    pack,
    name,
    wasCalled: wasCalled ?? null,
    oldAt: placeData(oldAt),
    newAt: placeData(newAt),
    opens: answerData(opens),
    closes: answerData(closes),
  };
}

function answerData(answer: Answered): Data {
  switch (answer.kind) {
    case 'none':
      return { answer: 'none', within: sizesOf(answer.within) };
    case 'unfinished':
      return { answer: 'unfinished', noneWithin: answer.none === undefined ? null : sizesOf(answer.none) };
    case 'witness': {
      const { object, was, is, site, held, let: lines } = answer;
      return {
        answer: 'witness',
        object,
        was,
        is,
        site: siteData(site),
        held: held.map(reasonData),
        let: lines.map(({ at, says }) => ({ says, at: placeData(at) })),
      };
    }
  }
}

/** Values as facts have them: milliseconds, bytes, one number for a version. */
export function siteData({ lists, facts, frozen, mayBeSmaller }: MadeUpSite): Data {
  return {
    smallest: mayBeSmaller !== true,
    lists: lists.map(({ kind, members, ageMs }) => ({ kind, members: [...members], ageMs: ageMs ?? 0 })),
    facts: facts.map(({ fact, of, value, ageMs, grade }) => ({ fact, of, value, ageMs, grade })),
    frozen: frozen.map(({ fact, of, value }) => ({ fact, of, value })),
  };
}
