import { apiVersion, type WorkflowKind, workflowKinds } from '../crd/workflow-object.ts';
import { error, type Loaded, type Fault as LoadFault, loadedUnless, type Place } from '../kernel/fault.ts';
import type { Law } from '../kernel/verdict.ts';
import type { SourceText } from '../source/text.ts';
import { child, type Tree } from '../source/tree.ts';
import { parseTree } from '../source/yaml.ts';
import { type Fault, faultForm, faultNames } from './fault-kinds.ts';
import { type Fields, fieldsOf } from './fields.ts';

/** One run as a person tells it: a site, a workflow, what goes wrong when, and how it must end. With the same build it gives
 *  the same transcript, byte for byte. */
export interface Story {
  readonly name: string;
  readonly says: string;
  /** As written, relative to the file. */
  readonly profile: { readonly path: string; readonly at: Place };
  /** The one that the site gets when `profile-changes` happens. */
  readonly nextProfile?: { readonly path: string; readonly at: Place };
  readonly workflow: WorkflowKind;
  readonly site: SiteSize;
  readonly seed: number;
  readonly boundMs: number;
  readonly events: readonly Fault[];
  /** Where each of them stands in the file; empty for a story that nobody wrote. */
  readonly eventsAt: readonly Place[];
  readonly expect: StoryExpectation;
}

/** How large a simulated site is; what is left out the seed decides. */
export interface SiteSize {
  readonly nodes?: number;
  readonly volumes?: number;
  readonly vms?: number;
  /** Of every volume at the beginning: one before an upgrade, two after it. */
  readonly copies?: number;
}

export interface StoryExpectation {
  readonly end?: RunEnd;
  /** States that it must have been in, in this order. */
  readonly passes: readonly string[];
  /** States that it must not have been in. */
  readonly never: readonly string[];
  /** What its transcript must tell, in this order, and what it must not: a piece of `WHO WHAT` of one line each. */
  readonly tells: readonly string[];
  readonly neverTells: readonly string[];
  /** The laws that it is told to break; a story of a defect. None: it must break none. */
  readonly breaks: readonly Law[];
}

export const expectsNothing: StoryExpectation = { passes: [], never: [], tells: [], neverTells: [], breaks: [] };

/** `overdue`: it waits for somebody, for longer than it should, and says so. `bound`: the time or the steps were used up before it
 *  came to rest. */
export const runEnds = ['complete', 'undone', 'halted', 'overdue', 'bound'] as const;
export type RunEnd = (typeof runEnds)[number];

export const laws: readonly Law[] = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7', 'K8', 'K9', 'K10', 'K11', 'K12'];

export const storyBoundMs = 4 * 3_600_000;

export function loadStory(source: SourceText): Loaded<Story> {
  const parsed = parseTree(source);
  if (!parsed.ok) return parsed;
  const tree = parsed.value;
  const wrongKind = kindFault(tree);
  if (wrongKind !== undefined) return { ok: false, faults: [wrongKind] };
  const faults: LoadFault[] = [...parsed.warnings];
  const top = fieldsOf(tree, 'a story', (fault) => faults.push(fault), tree.at);
  for (const name of ['apiVersion', 'kind']) top.has(name);
  for (const name of ['metadata', 'spec']) top.must(name);
  const story = storyOf(top);
  top.done();
  return loadedUnless(faults, () => story);
}

function kindFault(tree: Tree): LoadFault | undefined {
  const said = (name: string): string | undefined => {
    const found = child(tree, name);
    return found?.kind === 'scalar' ? found.text : undefined;
  };
  if (said('apiVersion') === apiVersion && said('kind') === 'Story') return undefined;
  const at = child(tree, said('apiVersion') === apiVersion ? 'kind' : 'apiVersion')?.at ?? tree.at;
  return error('SHAPE_WRONG_KIND', at, 'is no story', `a story has \`apiVersion: ${apiVersion}\` and \`kind: Story\``);
}

function storyOf(top: Fields): Story {
  const metadata = top.map('metadata');
  metadata?.must('name');
  const name = metadata?.text('name') ?? '';
  metadata?.done();
  const spec = top.map('spec') ?? top;
  for (const field of ['says', 'profile', 'workflow']) spec.must(field);
  const path = (field: string): Story['profile'] => ({ path: spec.text(field) ?? '', at: spec.placeOf(field) });
  const site = spec.map('site');
  const size = site === undefined ? {} : sizeOf(site);
  const events = spec.list('events');
  const told = events.map(eventOf);
  for (const [index, { kind }] of told.entries()) {
    if (kind !== 'profile-changes' || spec.has('nextProfile')) continue;
    events[index]?.refuse(
      'fault',
      '`profile-changes` needs a profile to change to',
      'write `nextProfile: PATH` beside `profile`',
    );
  }
  const story: Story = {
    name,
    says: spec.text('says') ?? '',
    profile: path('profile'),
    ...(spec.has('nextProfile') ? { nextProfile: path('nextProfile') } : {}),
    workflow: spec.word('workflow', workflowKinds) ?? 'ReplicationUpgrade',
    site: size,
    seed: spec.count('seed', 0, Number.MAX_SAFE_INTEGER) ?? 1,
    boundMs: spec.duration('bound') ?? storyBoundMs,
    events: told,
    eventsAt: events.map(({ at }) => at),
    expect: expectationOf(spec.map('expect')),
  };
  if (spec !== top) spec.done();
  return story;
}

function sizeOf(site: Fields): SiteSize {
  const [nodes, volumes, vms] = [site.count('nodes', 1, 16), site.count('volumes', 0, 200), site.count('vms', 0, 200)];
  const copies = site.count('copies', 1, 2);
  site.done();
  return {
    ...(nodes === undefined ? {} : { nodes }),
    ...(volumes === undefined ? {} : { volumes }),
    ...(vms === undefined ? {} : { vms }),
    ...(copies === undefined ? {} : { copies }),
  };
}

/** `{fault: KIND, on: WHOM, at: 3m}` from the beginning, `{fault: KIND, in: STATE, after: 2s}` from when it gets there. */
function eventOf(entry: Fields): Fault {
  entry.must('fault');
  const kind = entry.word('fault', faultNames) ?? 'abort';
  const form = faultForm(kind);
  const state = entry.text('in');
  if (entry.has('at') === (state !== undefined)) {
    entry.refuse('fault', 'a fault begins `at` a moment or `in` a state', 'write `at: 3m`, or `in: FlipBonds`');
  }
  const afterMs = (state === undefined ? entry.duration('at') : entry.duration('after')) ?? 0;
  const lasts = form.lasts === 'moment' ? undefined : form.lasts;
  if (lasts === undefined && entry.has('for')) entry.refuse('for', `\`${kind}\` is over at once; it has no \`for\``);
  const endless = lasts !== undefined && entry.has('for') && entry.text('for') === 'ever';
  const forMs = endless ? Number.POSITIVE_INFINITY : lasts === undefined ? 0 : (entry.duration('for') ?? lasts[0]);
  if (form.on !== 'site') entry.must('on');
  const on = entry.text('on') ?? 'site';
  const how = entry.count('how', 0, 999) ?? 0;
  entry.done();
  return { kind, ...(state === undefined ? {} : { state }), afterMs, forMs, on, how };
}

function expectationOf(fields: Fields | undefined): StoryExpectation {
  if (fields === undefined) return expectsNothing;
  const end = fields.word('end', runEnds);
  const breaks = fields.texts('breaks').flatMap((word) => {
    const law = laws.find((one) => one === word);
    if (law === undefined) fields.refuse('breaks', `there is no law \`${word}\``, 'laws are K1 to K12');
    return law ?? [];
  });
  const [passes, never] = [fields.texts('passes'), fields.texts('never')];
  const [tells, neverTells] = [fields.texts('tells'), fields.texts('neverTells')];
  fields.done();
  return { ...(end === undefined ? {} : { end }), passes, never, tells, neverTells, breaks };
}
