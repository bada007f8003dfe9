import { factsFile, factsKind } from '../../capture/stated.ts';
import type { Fault } from '../../kernel/fault.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';
import { loadTest, testHeader } from '../../profile/test-file.ts';
import { parseTrust } from '../../profile/trust-file.ts';
import { followRoots } from '../../profile/trust-root.ts';
import { loadPacks } from '../../rules/load-packs.ts';
import type { SourceText } from '../../source/text.ts';
import { parseTrees } from '../../source/yaml.ts';
import type { Asked } from '../asked.ts';
import { openDraft } from '../profiles.ts';
import { refuse } from '../refuse.ts';
import { type Checked, checkData, checkReport, checkText } from '../render/check.ts';
import { inForm } from '../render/form.ts';
import { reportForms } from '../render/report.ts';
import { beside, testFilesOf } from '../tests.ts';
import { usage } from '../usage.ts';
import { kindIn, readSource, yamlFiles } from '../walk.ts';
import { type ExitCode, exit, type World } from '../world.ts';

const ours = /nodewright|RulePack|EdgeProfile/;

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const configured = asked.settings.text('profile');
  const paths = asked.args.length > 0 ? asked.args : configured === undefined ? [] : [configured];
  if (paths.length === 0) return refuse([usage('nothing to check was named', 'name a profile’s folder')], asked, world);
  const checked: Checked[] = [];
  for (const path of paths) checked.push(...(await check(path, world)));
  world.out.write(rendered(checked, asked, world));
  return checked.some(({ faults }) => faults.some(({ severity }) => severity === 'error')) ? exit.invalid : exit.ok;
}

/** A profile with its tests; a capture; or, of a folder that is neither, every file of ours in it. */
async function check(path: string, world: World): Promise<readonly Checked[]> {
  const { disk } = world;
  const holds = (name: string): boolean => disk.kindOf(`${path.replace(/\/+$/, '')}/${name}`) === 'file';
  if (disk.kindOf(path) === 'folder') {
    if (holds('profile.yaml')) return [await checkProfile(path, world)];
    const isStated = holds(factsFile) && isKind(`${path}/${factsFile}`, factsKind, world);
    if (holds('capture.yaml') || isStated) return [await checkCapture(path, world)];
  } else if (/\.(ndjson|gz)$/.test(path)) return [await checkCapture(path, world)];
  const found = yamlFiles(disk, path);
  if (found.faults.length > 0) return [{ path, faults: found.faults }];
  const profiles = found.files.filter((file) => isKind(file, 'EdgeProfile', world));
  const done = new Set<string>();
  const results: Checked[] = [];
  for (const file of profiles) {
    const result = await checkProfile(file, world);
    for (const one of result.files ?? []) done.add(disk.resolve(one));
    results.push(result);
  }
  for (const file of found.files) {
    if (profiles.includes(file) || done.has(disk.resolve(file))) continue;
    const isBuilt = file.endsWith('.dsse.json') || (file.endsWith('.json') && isKind(file, 'EdgeProfileBundle', world));
    results.push(isBuilt ? await checkProfile(file, world) : await checkFile(file, world, found.files.length === 1));
  }
  const told = results.filter(({ kind, faults }) => kind !== 'other' || faults.length > 0);
  if (told.length > 0) return told;
  return [
    {
      path,
      faults: [usage(`\`${path}\` holds nothing that can be checked`, 'name a profile’s folder, a pack or a capture')],
    },
  ];
}

function isKind(file: string, kind: string, { disk }: World): boolean {
  const read = readSource(disk, file);
  return 'source' in read && kindIn(read.source) === kind;
}

async function checkProfile(path: string, world: World): Promise<Checked> {
  const loaded = await openDraft(path, world);
  if (!loaded.ok) return { path, kind: 'profile', faults: loaded.faults };
  const { profile, files } = loaded.value;
  const tests = testFilesOf(world.disk, path, loaded.value);
  const faults: Fault[] = [...loaded.warnings, ...tests.faults];
  for (const file of tests.files) {
    const read = readSource(world.disk, file);
    if ('faults' in read) {
      faults.push(...read.faults);
      continue;
    }
    const header = testHeader(read.source);
    // A test of another profile is checked with that one.
    const own =
      header.ok && header.value.profile !== undefined ? beside(world.disk, file, header.value.profile.path) : path;
    const other = own === path ? loaded : await openDraft(own, world);
    if (!other.ok) faults.push(...other.faults);
    else {
      const test = loadTest(read.source, other.value.profile, vocabulary);
      faults.push(...(test.ok ? test.warnings : test.faults));
    }
  }
  const around = world.disk.kindOf(path) === 'folder' ? `${path}/..` : `${path}/../..`;
  return {
    path,
    kind: 'profile',
    faults,
    profile,
    tests: tests.files.length,
    files: [...files.map((file) => `${around}/${file}`), ...tests.files],
  };
}

async function checkCapture(path: string, { stdin }: World): Promise<Checked> {
  const { openCapture } = await import('../../capture/files.ts');
  const capture = await openCapture(path, { stdin, keep: 'all' });
  return { path, kind: 'capture', faults: capture.ok ? capture.warnings : capture.faults };
}

async function checkFile(path: string, { disk }: World, isNamed: boolean): Promise<Checked> {
  const read = readSource(disk, path);
  if ('faults' in read) return { path, faults: read.faults };
  const unread = isNamed ? [] : unreadable(read.source);
  if (unread.length > 0) return { path, kind: 'other', faults: unread };
  const kind = kindIn(read.source);
  if (kind === 'RuleTest') {
    const header = testHeader(read.source);
    return { path, kind: 'test', faults: header.ok ? header.warnings : header.faults };
  }
  if (kind === 'TrustRoots') {
    const file = parseTrust(read.source);
    const trust = file.ok ? followRoots(file.value, path, null) : file;
    return { path, kind: 'trust', faults: trust.ok ? trust.warnings : trust.faults };
  }
  if (kind === 'Story') {
    const { loadStory } = await import('../../sim/story.ts');
    const story = loadStory(read.source);
    return { path, kind: 'story', faults: story.ok ? story.warnings : story.faults };
  }
  if (kind === factsKind) {
    const { loadFacts } = await import('../../capture/facts-file.ts');
    const site = loadFacts(read.source);
    return { path, kind: 'site', faults: site.ok ? site.warnings : site.faults };
  }
  // Whatever a person names is meant to be a pack if it is nothing else; what merely lies in a folder need not be ours.
  const looksLikeOurs = kind !== undefined || isNamed || ours.test(read.source.text);
  if (kind === 'Capture' || !looksLikeOurs) return { path, kind: 'other', faults: [] };
  const packs = loadPacks([read.source], { vocabulary, standIns: true });
  return { path, kind: 'pack', faults: packs.ok ? packs.warnings : packs.faults };
}

/** A file that is no YAML says nothing about whose it is: it is never passed over in silence. One that does not name us may
 *  be somebody else's template, and is only a warning. */
function unreadable(source: SourceText): readonly Fault[] {
  if (ours.test(source.text)) return [];
  const trees = parseTrees(source);
  return trees.ok ? [] : trees.faults.map((fault) => ({ ...fault, severity: 'warning' }));
}

function rendered(checked: readonly Checked[], { format, look }: Asked, { calledAs }: World): string {
  return inForm(format, {
    data: () => checkData(checked),
    names: () => [...new Set(checked.flatMap(({ faults }) => faults.map(({ at }) => at.file)))],
    text: () => checkText(checked, look, calledAs),
    report: (form) => reportForms[form](checkReport(checked)),
  });
}
