import type { DecisionChange, Level, StructureChange } from '../../review/change.ts';
import type { Data } from './data.ts';
import { levelSays } from './diff-words.ts';
import type { ToldWitness } from './proof-words.ts';
import { home } from './sarif.ts';

/** The kinds of change as rules of SARIF: an id for each, which never changes its meaning, and a help text. */
export interface ChangeRule {
  /** `nodewright/gate-opens`. */
  readonly id: string;
  /** One sentence. */
  readonly says: string;
}

const subjects: Readonly<Record<DecisionChange['kind'], string>> = {
  gate: 'a gate',
  step: 'a question that a state of a workflow asks',
  guard: 'a guard of a workflow',
  workflow: 'a workflow',
  finding: 'a finding',
  phase: 'the phase of the site',
};

export function decisionRule({ kind, from, to }: DecisionChange): ChangeRule {
  const subject = subjects[kind];
  const rule = (turn: string, says: string): ChangeRule => ({ id: idOf(kind, turn), says: `On a capture ${says}.` });
  if (from === to) return rule('other-reason', `${subject} is the same for another reason`);
  if (to === 'not asked') return rule('not-asked', `${subject} was asked and is not`);
  if (from === 'not asked') return rule('newly-asked', `${subject} is asked and was not`);
  if (to === 'open') return rule('opens', `${subject} lets through and did not`);
  if (from === 'open') return rule('closes', `${subject} let through and does not`);
  return rule('otherwise', `${subject} is another one`);
}

export function witnessRule({ question: { kind }, turn }: ToldWitness): ChangeRule {
  const says = turn === 'opens' ? 'may let through where it did not' : 'may hold where it let through';
  const proved = 'no capture need show it: there is a site on which it does';
  return {
    id: idOf(kind, turn === 'opens' ? 'may-open' : 'may-close'),
    says: `${capital(subjects[kind])} ${says}; ${proved}.`,
  };
}

export function structureRule({ kind, change }: StructureChange): ChangeRule {
  return { id: idOf(kind, change), says: `As it is written: ${kind} ${change}.` };
}

function idOf(kind: string, what: string): string {
  return `nodewright/${`${kind}-${what}`.replaceAll(' ', '-')}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const advice: Readonly<Record<Level, string>> = {
  danger: 'Merge it only if that is what the change is for: look at the line, and at the site on which it shows.',
  caution: 'Read whether that is meant; nothing happens that could not.',
  routine: 'Nothing is to be done.',
};

export const sarifLevel: Readonly<Record<Level, 'error' | 'warning' | 'note'>> = {
  danger: 'error',
  caution: 'warning',
  routine: 'note',
};

export function ruleData({ id, says }: ChangeRule, level: Level): Data {
  const helpUri = `${home}/docs/review.md#levels`;
  const text = `${says} ${level}: ${levelSays[level]}. ${advice[level]} docs/review.md says more.`;
  return {
    id,
    name: id.replace('nodewright/', '').replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: says },
    help: {
      text,
      markdown: `${says}\n\n**${level}**: ${levelSays[level]}. ${advice[level]}\n\n[docs/review.md](${helpUri}) says more.`,
    },
    helpUri,
    defaultConfiguration: { level: sarifLevel[level] },
    properties: { tags: ['nodewright', id.replace(/^nodewright\/([a-z]+).*$/, '$1')] },
  };
}
