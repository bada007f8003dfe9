import { faultCodes } from '../../kernel/fault-codes.ts';
import type { CheckedCheckpoint, Found, LogCheck } from '../../log/check.ts';
import { formatNoteKey } from '../../signing/note.ts';
import { moment } from '../ages.ts';
import type { KeptLog } from '../kept-logs.ts';
import { count } from '../messages.ts';
import type { Look } from '../paint.ts';
import { paragraph } from '../table.ts';
import type { Data } from './data.ts';

export interface CheckedLog {
  readonly log: KeptLog;
  readonly check: LogCheck;
}

export type LogVerdict = 'verified' | 'wrong' | 'unknown';

export function verdictOf({ wrong, unknown }: LogCheck): LogVerdict {
  return wrong.length > 0 ? 'wrong' : unknown.length > 0 ? 'unknown' : 'verified';
}

/** What is wrong first, and what to do; then as far as what is right; last what nobody can say from this. */
export function verifiedText(checked: readonly CheckedLog[], look: Look, calledAs: string): string {
  return checked.map((one) => logText(one, look, calledAs)).join('');
}

const foundMax = 5;

function logText({ log, check }: CheckedLog, look: Look, calledAs: string): string {
  const { wrong, unknown } = check;
  const verdict = verdictOf(check);
  const [sign, paint] = {
    verified: [look.signs.open, look.good] as const,
    wrong: [look.signs.closed, look.bad] as const,
    unknown: [look.signs.unknown, look.unsure] as const,
  }[verdict];
  const found = look.wide ? wrong : wrong.slice(0, foundMax);
  const [first] = wrong;
  return [
    paragraph(
      look,
      '',
      `${sign} ${log.kept.origin || 'a log without a name'} (${log.path}): ${headline(check)}`,
      paint,
    ),
    ...found.map((one) => paragraph(look, '  ', `${foundSays(one, log.path)}  ${one.code}`, look.bad)),
    ...(wrong.length > found.length
      ? [paragraph(look, '  ', `and ${wrong.length - found.length} more; -o wide shows all`, look.quiet)]
      : []),
    ...(first === undefined
      ? []
      : [paragraph(look, '  ', `next: ${faultCodes[first.code].fix} ${calledAs} explain ${first.code}`)]),
    ...unknown.map((says) => paragraph(look, '  ', `not known: ${says}`, look.unsure)),
    ...rightOf(check, look).map((says) => paragraph(look, '  ', says, look.quiet)),
    ...notProved(check).map((says) => paragraph(look, '  ', `not proved: ${says}`, look.quiet)),
  ].join('');
}

function headline(check: LogCheck): string {
  const { report, wrong } = check;
  const records = `${report.records} ${report.records === 1 ? 'record' : 'records'}`;
  if (verdictOf(check) === 'wrong') {
    const at = report.wrong?.record;
    if (at === undefined) return `${wrong.length === 1 ? 'one thing is' : `${wrong.length} things are`} wrong`;
    return at === 0 ? 'wrong from its first record on' : `wrong from record ${at} on`;
  }
  return `${records}, each as it was written${verdictOf(check) === 'unknown' ? ', as far as they say it themselves' : ''}`;
}

/** `records-000000000000.ndjson, byte 5121: record 7 is not what its sum was made of`. */
export function foundSays({ file, offset, record, orUpTo, says }: Found, path: string): string {
  const name = file === '' || file.startsWith(path) ? file || path : `${path}/${file}`;
  const where = offset === undefined ? name : `${name}, byte ${offset}`;
  if (record === undefined) return `${where}: ${says}`;
  return `${where}: record ${record}${orUpTo === undefined ? '' : ','} ${says}`;
}

function rightOf({ report, signed, kept, history, documents }: LogCheck, look: Look): readonly string[] {
  const { records, wrong, wentBack, firstWentBack, head } = report;
  const before =
    wrong === undefined || records === 0
      ? []
      : [records === 1 ? 'record 0 is as it was written' : `records 0 to ${records - 1} are as they were written`];
  const newest = signed === undefined ? [] : [signedSays(signed, look)];
  const after = wrong === undefined && signed !== undefined ? records - signed.checkpoint.size : 0;
  const unsigned =
    after <= 0
      ? []
      : [`the last ${after === 1 ? 'record is' : `${after} records are`} chained, and nobody has signed for them yet`];
  const others = [
    ...(kept.length === 0
      ? []
      : [
          `it has grown from what was kept: ${kept.map(({ name, checkpoint }) => `${name} (${checkpoint.size} records)`).join(', ')}`,
        ]),
    ...(look.wide && history > 0 ? [`${count(history, 'older checkpoint')} beside it`] : []),
    ...(look.wide && wrong === undefined ? [`root ${report.root}, last record ${head.digest ?? 'none'}`] : []),
  ];
  const clock =
    firstWentBack === undefined
      ? []
      : [
          `its clock was set back ${wentBack === 1 ? 'once' : `${wentBack} times`}, first at record ${firstWentBack.record}: ${firstWentBack.at} after ${firstWentBack.before}`,
        ];
  return [
    ...before,
    ...newest,
    ...unsigned,
    ...(wrong === undefined ? others : []),
    ...documentsSay(documents),
    ...clock,
  ];
}

function documentsSay(documents: LogCheck['documents']): readonly string[] {
  if (documents === undefined) return ['nobody looked at its documents'];
  const { right, dropped } = documents;
  const gone = dropped === 0 ? '' : `; ${dropped} were dropped, and records say so`;
  return right + dropped === 0
    ? []
    : [`${right === 1 ? '1 document is the one' : `${right} documents are each the one`} of its digest${gone}`];
}

function signedSays({ name, checkpoint, signedBy, seenBy }: CheckedCheckpoint, look: Look): string {
  const by = look.wide ? formatNoteKey(signedBy) : `the key ${signedBy.id}`;
  const seen = seenBy.map((one) => `${one.by.name}${one.seconds === null ? '' : ` at ${moment(one.seconds * 1000)}`}`);
  const who = seen.length === 0 ? '' : `, seen by ${seen.join(', ')}`;
  return `${name} of ${checkpoint.size} records is signed by ${by}${who}`;
}

/** Said of a log that is verified too: what a right log cannot say of itself. */
function notProved(check: LogCheck): readonly string[] {
  if (verdictOf(check) === 'wrong') return [];
  const { keys, kept, signed } = check;
  return [
    ...(keys === 'own'
      ? [
          'whose key that is: it lay beside the log, and whoever can write there can put another; give the one that you know with --log-key',
        ]
      : []),
    ...(kept.length === 0 && (signed?.seenBy.length ?? 0) === 0
      ? [
          'that nothing newer was cut off, or another log shown to others: compare with a checkpoint that somebody kept (--checkpoint)',
        ]
      : []),
  ];
}

/** `log verify -o json`: described in schemas/log-verify.v1.json. */
export function verifiedData(checked: readonly CheckedLog[]): Data {
  const verdicts = checked.map(({ check }) => verdictOf(check));
  return {
    schemaVersion: 'log-verify/v1',
    verdict: verdicts.includes('wrong') ? 'wrong' : verdicts.includes('unknown') ? 'unknown' : 'verified',
    logs: checked.map(({ log, check }) => {
      const { report, wrong, unknown, keys, signed, kept, documents } = check;
      const { wentBack, firstWentBack, head } = report;
      return {
        path: log.path,
        origin: log.kept.origin,
        verdict: verdictOf(check),
        records: report.records,
        root: report.wrong === undefined ? report.root : null,
        head: report.wrong === undefined ? head.digest : null,
        keys,
        signed: signed === undefined ? null : checkpointData(signed),
        kept: kept.map(checkpointData),
        wrong: wrong.map(({ code, file, offset, record, orUpTo, says }) => ({
          code,
          file: file === '' ? null : file,
          offset: offset ?? null,
          record: record ?? null,
          orUpTo: orUpTo ?? null,
          says,
          next: faultCodes[code].fix,
        })),
        notKnown: [...unknown],
        notProved: [...notProved(check)],
        documents:
          documents === undefined
            ? null
            : {
                right: documents.right,
                dropped: documents.dropped,
                missing: documents.missingCount,
                damaged: documents.damaged.length,
              },
        clockSetBack: {
          times: wentBack,
          first: firstWentBack === undefined ? null : { ...firstWentBack },
        },
      };
    }),
  };
}

function checkpointData({ name, checkpoint, signedBy, seenBy }: CheckedCheckpoint): Data {
  return {
    name,
    size: checkpoint.size,
    root: checkpoint.root,
    key: formatNoteKey(signedBy),
    witnesses: seenBy.map(({ by, seconds }) => ({
      name: by.name,
      at: seconds === null ? null : moment(seconds * 1000),
    })),
  };
}
