import { openCapture } from '../../capture/files.ts';
import { type CaptureShown, showCapture } from '../../capture/show.ts';
import { moment, span } from '../ages.ts';
import type { Asked } from '../asked.ts';
import { mention, refuse } from '../refuse.ts';
import type { Data } from '../render/data.ts';
import { inForm } from '../render/form.ts';
import { statedSaid } from '../render/parts.ts';
import { type Cell, paragraph, table } from '../table.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [path = ''] = asked.args;
  const capture = await openCapture(path, { stdin: world.stdin, keep: 'all' });
  if (!capture.ok) return refuse(capture.faults, asked, world);
  await mention(capture.warnings, asked);
  const shown = showCapture(capture.value);
  world.out.write(rendered(shown, asked));
  return exit.ok;
}

function rendered(shown: CaptureShown, { format, look }: Asked): string {
  return inForm(format, {
    data: () => dataOf(shown),
    names: () => [look.wide ? shown.digest : shown.name],
    text: () => textOf(shown, look),
  });
}

function dataOf(shown: CaptureShown): Data {
  const at = (ms: number | null | undefined): Data => (ms === null || ms === undefined ? null : moment(ms));
  return {
    schemaVersion: 'capture/v1',
    name: shown.name,
    digest: shown.digest,
    signature: 'unsigned',
    takenAt: at(shown.takenAtMs),
    takenBy: shown.takenBy,
    requestedBy: shown.requestedBy ?? null,
    complete: shown.complete,
    hasManifest: shown.hasManifest,
    oldest: at(shown.moments?.oldestMs),
    newest: at(shown.moments?.newestMs),
    kinds: shown.kinds.map(({ kind, objects, list, read }) => ({ kind, objects, list, read })),
    linstor: shown.linstor.map(({ name, characters, failed }) => ({ path: name, characters, failed: failed ?? null })),
    hosts: shown.hosts.map(({ node, files }) => ({
      node,
      files: files.map(({ name, characters, failed }) => ({ name, characters, failed: failed ?? null })),
    })),
    observer: shown.observed.map(({ node, heartbeatChangedAtMs, clockSkewMs }) => ({
      node,
      heartbeatChangedAt: at(heartbeatChangedAtMs),
      clockSkewMs: clockSkewMs ?? null,
    })),
    stated: statedData(shown.stated),
    missing: shown.missing.map(({ what, why }) => ({ what, why })),
  };
}

function statedData(stated: CaptureShown['stated']): Data {
  if (stated === null) return null;
  const { lists, facts, frozen } = stated;
  return { lists: lists.map(({ kind, members }) => ({ kind, members })), facts, frozen };
}

function textOf(shown: CaptureShown, look: Asked['look']): string {
  const { takenAtMs, moments, requestedBy } = shown;
  const taken = [
    takenAtMs === null ? 'taken at no recorded moment' : `taken ${moment(takenAtMs)}`,
    `by ${shown.takenBy}${requestedBy === undefined ? '' : ` for ${requestedBy}`}`,
  ];
  const head = [
    // Nobody took what nobody saw, unless its manifest says so.
    ...(shown.stated === null || shown.hasManifest ? taken : []),
    shown.stated === null ? '' : statedSaid,
    shown.hasManifest ? (shown.complete ? 'complete' : 'not known to be complete') : 'without a manifest',
    moments === null || moments.oldestMs === moments.newestMs
      ? ''
      : `fetched within ${span(moments.newestMs - moments.oldestMs)}`,
  ].filter((part) => part !== '');
  const digest = look.wide ? shown.digest : shown.digest.slice(0, 'sha256:'.length + 12);
  const lists: Readonly<Record<string, string>> = {
    had: '',
    failed: 'the list could not be had: who there is, is not known',
    none: 'single objects: who else there is, is not known',
  };
  const kinds = shown.kinds.map(({ kind, objects, list, read }): readonly Cell[] => [
    kind,
    String(objects),
    { text: read ? (lists[list] ?? '') : 'no fact is read from it', paint: read ? look.unsure : look.quiet },
  ]);
  const files = [
    ...shown.linstor.map(({ name, characters, failed }): readonly Cell[] => [
      'linstor',
      name,
      failed ?? `${characters} characters`,
    ]),
    ...shown.hosts.flatMap(({ node, files: texts }) =>
      texts.map(({ name, characters, failed }): readonly Cell[] => [node, name, failed ?? `${characters} characters`]),
    ),
  ];
  const observed = shown.observed.map(({ node, heartbeatChangedAtMs, clockSkewMs }): readonly Cell[] => [
    node,
    heartbeatChangedAtMs === undefined ? '' : `heartbeat changed ${moment(heartbeatChangedAtMs)}`,
    clockSkewMs === undefined ? '' : `clock off by ${span(Math.abs(clockSkewMs))}`,
  ]);
  const stated = shown.stated === null ? [] : statedRows(shown.stated);
  const part = (title: string, rows: readonly (readonly Cell[])[], headers?: readonly string[]): string =>
    rows.length === 0 ? '' : `\n${look.strong(title)}\n${table(look, headers, rows)}`;
  return [
    paragraph(look, '', `${shown.name} (unsigned, ${digest}): ${head.join(', ')}`),
    part('OBJECTS', kinds),
    part('TEXTS', files),
    part('MEASURED BY THE OBSERVER', observed),
    part('STATED, NOT OBSERVED', stated),
    part(
      'MISSING',
      shown.missing.map(({ what, why }) => [what, { text: why, paint: look.unsure }]),
    ),
  ].join('');
}

function statedRows({ lists, facts, frozen }: NonNullable<CaptureShown['stated']>): readonly (readonly Cell[])[] {
  return [
    ...lists.map(({ kind, members }): readonly Cell[] => [kind, String(members)]),
    ['facts', String(facts)],
    ...(frozen === 0 ? [] : [['frozen with a cohort', String(frozen)]]),
  ];
}
