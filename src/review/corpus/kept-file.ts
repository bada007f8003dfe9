import { captureApiVersion } from '../../capture/capture.ts';
import { formatMoment, parseMoment } from '../../capture/moment.ts';
import { error, type Loaded } from '../../kernel/fault.ts';
import { type SubjectKind, subjectKinds } from '../../kernel/subject.ts';
import { checkShape } from '../../rules/shape.ts';
import { quoted } from '../../source/quoted.ts';
import type { SourceText } from '../../source/text.ts';
import { child, toJson, treeAt } from '../../source/tree.ts';
import { parseTree } from '../../source/yaml.ts';
import { type Group, type Kept, type KeptProfile, populated, type Section, sections } from './kept.ts';

/** What stands behind the name of a capture in the name of its decisions. */
export const keptEnding = '.decisions.yaml';
const kind = 'CaptureDecisions';

/** One line for whatever can be decided otherwise by itself: a change of one decision is a change of one line. */
export function keptText(kept: Kept): string {
  const { name, capture, takenAtMs, addedAtMs, profile, phase } = kept;
  const counts = populated(kept).map(([one, count]) => `${one}: ${count ?? 'null'}`);
  const lines = [
    '# What this capture decided when it was added. `nwctl corpus check` says what is decided otherwise now.',
    `apiVersion: ${captureApiVersion}`,
    `kind: ${kind}`,
    `metadata: {name: ${quoted(name)}}`,
    'spec:',
    `  capture: ${capture}`,
    `  takenAt: ${takenAtMs === null ? 'null' : formatMoment(takenAtMs)}`,
    `  addedAt: ${formatMoment(addedAtMs)}`,
    `  profile: {name: ${quoted(profile.name)}, version: ${quoted(profile.version)}, digest: ${profile.digest}}`,
    `  objects: {${counts.join(', ')}}`,
    `  phase: ${flow(phase)}`,
  ];
  for (const section of sections) {
    const named = kept.sections[section];
    if (named.size > 0) lines.push(`  ${section}:`);
    for (const [of, groups] of named) {
      const [first, ...more] = groups.map(flow);
      if (more.length === 0) lines.push(`    ${quoted(of)}: [${first ?? ''}]`);
      else lines.push(`    ${quoted(of)}:`, `      - ${first}`, ...more.map((group) => `      - ${group}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

function flow({ is, of, because }: Group): string {
  const list = (words: readonly string[]): string => `[${words.map(quoted).join(', ')}]`;
  const parts = [
    `is: ${quoted(is)}`,
    ...(of === undefined ? [] : [`of: ${list(of)}`]),
    ...(because.length === 0 ? [] : [`because: ${list(because)}`]),
  ];
  return `{${parts.join(', ')}}`;
}

interface Written {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly capture: string;
    readonly takenAt: string | null;
    readonly addedAt: string;
    readonly profile: KeptProfile;
    readonly objects: Readonly<Partial<Record<SubjectKind, number | null>>>;
    readonly phase: WrittenGroup;
  } & Readonly<Partial<Record<Section, Readonly<Record<string, readonly WrittenGroup[]>>>>>;
}

interface WrittenGroup {
  readonly is: string;
  readonly of?: readonly string[];
  readonly because?: readonly string[];
}

/** `name`: what the file is called, which must be what it says. */
export function readKept(source: SourceText, name: string): Loaded<Kept> {
  const parsed = parseTree(source);
  if (!parsed.ok) return parsed;
  const tree = parsed.value;
  const shape = checkShape(tree, 'capture-decisions');
  if (shape.faults.length > 0) return { ok: false, faults: shape.faults };
  const { metadata, spec } = toJson(tree) as unknown as Written;
  const takenAtMs = spec.takenAt === null ? null : parseMoment(spec.takenAt);
  const addedAtMs = parseMoment(spec.addedAt);
  if (takenAtMs === undefined || addedAtMs === undefined) {
    const at = treeAt(tree, takenAtMs === undefined ? '/spec/takenAt' : '/spec/addedAt').at;
    return { ok: false, faults: [error('SHAPE_INVALID', at, 'is no moment', 'write it like 2026-03-04T10:15:02Z')] };
  }
  if (metadata.name !== name) {
    const at = child(child(tree, 'metadata'), 'name')?.at ?? tree.at;
    const says = `are the decisions of \`${metadata.name}\`, and stand beside \`${name}\``;
    return { ok: false, faults: [error('CORPUS_DECISIONS', at, says, 'name the file as the capture it is about')] };
  }
  const { capture, profile, objects, phase } = spec;
  const read = sections.map((section) => {
    const named = Object.entries(spec[section] ?? {}).map(([of, groups]) => [of, groups.map(groupOf)] as const);
    return [section, new Map(named)] as const;
  });
  return {
    ok: true,
    value: {
      name,
      capture,
      takenAtMs,
      addedAtMs,
      profile: { ...profile },
      objects: new Map(
        subjectKinds.map((one) => [one, one === 'site' ? 1 : one in objects ? (objects[one] ?? null) : 0]),
      ),
      phase: groupOf(phase),
      sections: Object.fromEntries(read) as unknown as Kept['sections'],
    },
    warnings: parsed.warnings,
  };
}

function groupOf({ is, of, because }: WrittenGroup): Group {
  return { is, because: because ?? [], ...(of === undefined ? {} : { of }) };
}
