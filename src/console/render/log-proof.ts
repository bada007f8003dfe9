import type { Proven } from '../../log/prove.ts';
import { formatNoteKey } from '../../signing/note.ts';
import { moment } from '../ages.ts';
import { wordsOf } from '../log-words.ts';
import type { Look } from '../paint.ts';
import { paragraph } from '../table.ts';
import type { Data } from './data.ts';

/** What is proved, in a sentence; then what the record says; then what is not proved. */
export function proofText({ record, digest, checkpoint, signedBy, seenBy, isTrusted }: Proven, look: Look): string {
  const name = look.wide ? digest : digest.slice(0, 'sha256:'.length + 12);
  const head = `${look.signs.open} record ${record.sequence} (${name}) is one of the ${checkpoint.size} records of the log ${checkpoint.origin}`;
  const whose = isTrusted ? 'the key that you gave' : 'the key that came with the proof';
  const workflow = typeof record.workflow === 'string' ? `${record.workflow}: ` : '';
  const [first = '', ...rest] = wordsOf(record, undefined);
  return [
    paragraph(look, '', head, look.good),
    paragraph(look, '  ', `as ${whose} (${signedBy.id}) has signed`),
    ...seenBy.map(({ by, seconds }) =>
      paragraph(look, '  ', `seen by the witness ${by.name}${seconds === null ? '' : ` at ${moment(seconds * 1000)}`}`),
    ),
    paragraph(look, '  ', `${record.at}  ${workflow}${first}`, look.strong),
    ...rest.map((line) => paragraph(look, '    ', line)),
    ...notProved(isTrusted, signedBy).map((line) => paragraph(look, '  ', `not proved: ${line}`, look.unsure)),
  ].join('');
}

function notProved(isTrusted: boolean, key: Proven['signedBy']): readonly string[] {
  const whose = `whose key that is. Compare it with the one that you were given (--log-key): ${formatNoteKey(key)}`;
  return [...(isTrusted ? [] : [whose]), 'that the record tells the truth, nor what was recorded after it'];
}

/** `log check-proof -o json`: described in schemas/log-proof.v1.json. */
export function proofData(proven: Proven, file: string): Data {
  const { record, digest, checkpoint, signedBy, seenBy, isTrusted } = proven;
  return {
    schemaVersion: 'log-proof/v1',
    file,
    origin: checkpoint.origin,
    checkpoint: { size: checkpoint.size, root: checkpoint.root },
    key: formatNoteKey(signedBy),
    keyGiven: isTrusted,
    witnesses: seenBy.map(({ by, seconds }) => ({
      name: by.name,
      at: seconds === null ? null : moment(seconds * 1000),
    })),
    digest,
    record: record as unknown as Data,
    notProved: [...notProved(isTrusted, signedBy)],
  };
}
