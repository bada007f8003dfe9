import { isForeign, member } from '../../crd/read.ts';
import type { Json } from '../../kernel/digest.ts';
import type { Signed } from '../../kernel/trust.ts';
import type { Difference } from '../../operator/differences.ts';
import type { Instead, Replayed } from '../../operator/replay.ts';
import { count } from '../messages.ts';
import type { Look } from '../paint.ts';
import { cameOf, cameWords, type ReplayedAll, type ReplayedRecord } from '../replayed.ts';
import { paragraph } from '../table.ts';
import type { Data } from './data.ts';
import { signatureShown } from './header.ts';
import { placeData, signatureText } from './parts.ts';

/** What came of it first, then the record, then where the two part; the decisions side by side where another profile was asked. */
export function recordText(replayed: ReplayedRecord, engine: string, look: Look): string {
  const { log, digest, decided, came, instead, signed } = replayed;
  const { record, workflow } = decided;
  const isSame = came.kind === 'same';
  const sign = isSame ? look.signs.open : came.kind === 'unknown' ? look.signs.unknown : look.signs.closed;
  const paint = isSame ? look.good : came.kind === 'unknown' ? look.unsure : look.bad;
  const name = look.wide ? digest : digest.slice(0, 'sha256:'.length + 12);
  const head = `${sign} record ${record.sequence} (${name}) of ${log.kept.origin}: ${headline(came)}`;
  const who = `${record.at}  ${workflow}, asked by ${String(record.askedBy)}, epoch ${String(record.epoch)}`;
  return [
    ...otherBuild(decided.engine, engine, isSame).map((says) => paragraph(look, '', says, look.unsure)),
    paragraph(look, '', head, paint),
    paragraph(look, '  ', who, look.quiet),
    ...decisionLines(record.decision ?? null).map((line) => paragraph(look, '  ', line)),
    ...partings(came).map((line) => paragraph(look, '  ', line, look.bad)),
    ...(instead === undefined ? [] : insteadLines(instead, signed, record.decision ?? null, look)),
  ].join('');
}

function headline(came: Replayed): string {
  switch (came.kind) {
    case 'same':
      return 'decided again, the same bytes';
    case 'differs':
      return 'decided again, and it comes out otherwise';
    case 'unknown':
      return `nobody can say: ${came.holds} (${came.digest}) is ${came.why === 'missing' ? 'not there' : 'not the document of that digest'}`;
    case 'unread':
      return `nobody can say: ${came.says}`;
  }
}

function otherBuild(recorded: string, here: string, isSame: boolean): readonly string[] {
  if (recorded === here) return [];
  const comes = isSame ? 'and comes to the same' : 'which may be all there is to it';
  return [`decided by the build ${recorded}; this is ${here}, ${comes}`];
}

/** A decision as people say it, a reason or an order a line. */
function decisionLines(decision: Json): readonly string[] {
  const kind = String(member(decision, 'kind'));
  const [state, from, to, says] = ['state', 'from', 'to', 'says'].map((name) => member(decision, name));
  const head =
    from === undefined ? `${kind} in ${String(state)}` : `${kind}: ${String(from)} to ${String(to)}, ${String(says)}`;
  const because = listIn(decision, 'because').map((reason) => {
    const [sentence, fact, object, detail] = ['says', 'fact', 'object', 'detail'].map((one) =>
      String(member(reason, one)),
    );
    return `- ${sentence}: ${fact} of ${object} ${detail}`;
  });
  const orders = listIn(decision, 'orders').map((order) => {
    const [step, command, object, node] = ['step', 'command', 'object', 'node'].map((one) =>
      String(member(order, one)),
    );
    return `- order ${step}: ${command} for ${object}, on ${node}`;
  });
  return [head, ...because, ...orders];
}

function partings(came: Replayed): readonly string[] {
  if (came.kind !== 'differs') return [];
  return came.differences.flatMap(({ path, recorded, replayed, rule, reads }) => [
    `${path}: was ${word(recorded)}, is ${word(replayed)}`,
    ...(rule === undefined
      ? []
      : [
          `  rule: ${rule.says} (${rule.at.file}:${rule.at.line}:${rule.at.col}); ${rule.fact} of ${rule.object} reads ${reads ?? 'nothing'}`,
        ]),
  ]);
}

function insteadLines(
  instead: Instead | Replayed,
  signed: Signed | undefined,
  decision: Json,
  look: Look,
): readonly string[] {
  if ('kind' in instead) return [paragraph(look, '', `with the other profile: ${headline(instead)}`, look.unsure)];
  const [was, is] = [decisionLines(decision), decisionLines(instead.decision)];
  const isSame = was.join('\n') === is.join('\n');
  const head = `with ${instead.profile.slice(0, 'sha256:'.length + 12)}: ${isSame ? 'the same' : 'otherwise'}`;
  return [
    paragraph(look, '', head, isSame ? look.good : look.unsure),
    ...(signed === undefined ? [] : [`  ${signatureShown(signed, look)}\n`]),
    ...is.map((line) => paragraph(look, '  ', line, was.includes(line) ? look.quiet : undefined)),
  ];
}

/** `replay --all`: a line a log, then what did not come to the same. */
export function allText({ logs, engine, interrupted }: ReplayedAll, look: Look): string {
  const lines = logs.map(({ log, decisions, counts, otherBuilds, damaged, unchained }) => {
    const others = cameWords.flatMap((came) =>
      came === 'same' || counts[came] === 0 ? [] : [`${counts[came]} ${said[came]}`],
    );
    const broken = [
      ...(damaged.length === 0 ? [] : [`${count(damaged.length, 'line')} no record, the first at ${damaged[0]}`]),
      ...(unchained.length === 0
        ? []
        : [`record ${unchained[0]} does not hang on the line before it: one of the two was altered`]),
    ];
    const all = [...others, ...broken];
    const isFine = all.length === 0;
    const builds = otherBuilds === 0 ? '' : `, ${otherBuilds} by another build`;
    const text = `${isFine ? look.signs.open : look.signs.closed} ${log.path}: ${decisions} decided again, ${counts.same} the same${builds}${all.map((one) => `, ${one}`).join('')}`;
    return paragraph(look, '', text, isFine ? look.good : look.bad);
  });
  const first = logs.flatMap((one) => one.first.slice(0, 3)).slice(0, 10);
  const total = logs.reduce((sum, { counts }) => sum + counts.same, 0);
  const decisions = logs.reduce((sum, one) => sum + one.decisions, 0);
  const end = `${decisions} decisions, ${total} the same bytes${interrupted ? '; interrupted, and there are more' : ''}`;
  return [...lines, ...first.map((one) => recordText(one, engine, look)), paragraph(look, '', end, look.strong)].join(
    '',
  );
}

const said = {
  same: 'the same',
  differs: 'otherwise',
  damaged: 'with a document that was altered',
  missing: 'with a document that is not there',
  unread: 'that this build cannot read',
} as const;

/** `replay ID -o json`: described in schemas/replayed.v1.json. */
export function recordData({ log, digest, decided, came, instead, signed }: ReplayedRecord, engine: string): Data {
  const { record, workflow, uid } = decided;
  return {
    schemaVersion: 'replayed/v1',
    log: { path: log.path, origin: log.kept.origin },
    record: { sequence: record.sequence, digest, at: record.at, workflow, uid, decision: data(record.decision) },
    came: cameOf(came),
    engine: { recorded: decided.engine, here: engine, same: decided.engine === engine },
    differences: came.kind === 'differs' ? came.differences.map(differenceData) : [],
    document: came.kind === 'unknown' ? { digest: came.digest, holds: came.holds } : null,
    says: came.kind === 'unread' ? came.says : null,
    instead:
      instead === undefined
        ? null
        : { ...insteadData(instead), signature: signed === undefined ? null : signatureText(signed) },
  };
}

function insteadData(instead: Instead | Replayed): Readonly<Record<string, Data>> {
  if ('kind' in instead) return { profile: null, decision: null, says: headline(instead) };
  return { profile: instead.profile, decision: data(instead.decision), says: null };
}

function differenceData({ path, recorded, replayed, rule, reads }: Difference): Data {
  return {
    path,
    recorded: data(recorded),
    replayed: data(replayed),
    rule: rule === undefined ? null : { says: rule.says, fact: rule.fact, object: rule.object, at: placeData(rule.at) },
    reads: reads ?? null,
  };
}

/** `replay --all -o json`: described in schemas/replay-all.v1.json. */
export function allData({ logs, engine, interrupted }: ReplayedAll): Data {
  return {
    schemaVersion: 'replay-all/v1',
    engine,
    interrupted,
    logs: logs.map(({ log, decisions, counts, otherBuilds, first, damaged, unchained }) => ({
      path: log.path,
      origin: log.kept.origin,
      decisions,
      ...counts,
      otherBuilds,
      noRecord: [...damaged],
      unchained: [...unchained],
      first: first.map((one) => recordData(one, engine)),
    })),
  };
}

function listIn(decision: Json, name: string): readonly unknown[] {
  const list = isForeign(decision) ? member(decision, name) : undefined;
  return Array.isArray(list) ? list : [];
}

function word(value: Json | undefined): string {
  if (value === undefined) return 'not there';
  const text = JSON.stringify(value);
  return text.length <= 300 ? text : `${text.slice(0, 299).toWellFormed()}…`;
}

/** Records hold no undefined members: they were read from JSON. */
function data(value: Json | undefined): Data {
  return (value ?? null) as Data;
}
