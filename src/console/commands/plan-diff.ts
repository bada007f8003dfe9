import { openCapture } from '../../capture/files.ts';
import type { Loaded } from '../../kernel/fault.ts';
import { isUnread } from '../../profile/folder.ts';
import type { VerifiedProfile } from '../../profile/profile.ts';
import type { Asked } from '../asked.ts';
import { judged } from '../inputs.ts';
import { planAnswer, whichWorkflow, workflowAsked } from '../plan-answer.ts';
import { diffPlans, type PlanDiff, type PlanRead } from '../plan-diff.ts';
import { openVerified } from '../profiles.ts';
import { isPlan, readPlan } from '../read-plan.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { planData } from '../render/plan-data.ts';
import { planDiffData, planDiffText } from '../render/plan-diff.ts';
import { usage } from '../usage.ts';
import { workflowObjects } from '../workflows.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [older = '', newer = ''] = asked.args;
  const planner = new Planner(asked, world);
  const [old, fresh] = [await planner.read(older), await planner.read(newer)];
  if (!old.ok || !fresh.ok) {
    const faults = [...(old.ok ? [] : old.faults), ...(fresh.ok ? [] : fresh.faults)];
    const distinct = [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
    return refuse(distinct, asked, world);
  }
  if (old.value.workflow !== fresh.value.workflow) {
    const says = `the plans are of two workflows, ${old.value.workflow} and ${fresh.value.workflow}`;
    return refuse([usage(says, 'compare two plans of one')], asked, world);
  }
  const diff = diffPlans(old.value, fresh.value);
  world.out.write(rendered(diff, asked));
  return diff.differs && asked.settings.on('exit-code') ? exit.differs : exit.ok;
}

/** Both sides come through the document that `plan -o json` prints, so that a kept plan and a capture are one thing. */
class Planner {
  readonly #asked: Asked;
  readonly #world: World;
  #profile: Loaded<VerifiedProfile> | undefined;

  constructor(asked: Asked, world: World) {
    this.#asked = asked;
    this.#world = world;
  }

  async read(path: string): Promise<Loaded<PlanRead>> {
    const kept = this.#kept(path);
    return kept === undefined ? this.#planned(path) : readPlan(path, kept);
  }

  /** The document in a file that holds a plan; undefined for whatever a capture may be. */
  #kept(path: string): unknown {
    const { disk } = this.#world;
    if (disk.kindOf(path) !== 'file' || /\.(ndjson|gz)$/.test(path)) return undefined;
    const bytes = disk.read(path);
    if (isUnread(bytes)) return undefined;
    try {
      const found: unknown = JSON.parse(new TextDecoder().decode(bytes));
      return isPlan(found) ? found : undefined;
    } catch {
      return undefined; // no JSON: the reader of captures says what is wrong with it
    }
  }

  async #planned(path: string): Promise<Loaded<PlanRead>> {
    const profile = await this.#profileAsked();
    const capture = await openCapture(path, this.#world);
    if (!profile.ok || !capture.ok) {
      return { ok: false, faults: [...(profile.ok ? [] : profile.faults), ...(capture.ok ? [] : capture.faults)] };
    }
    const named = this.#asked.settings.text('workflow');
    const there = [...workflowObjects(capture.value.raws).keys()];
    const [only, ...others] = there;
    const one = named ?? (others.length === 0 ? only : undefined);
    const site = judged(profile.value, capture.value, capture.value.takenAtMs ?? 0);
    const id = one === undefined ? whichWorkflow(there) : workflowAsked(one, site);
    if (!id.ok) return id;
    return readPlan(path, planData(await planAnswer(site, id.value)));
  }

  async #profileAsked(): Promise<Loaded<VerifiedProfile>> {
    this.#profile ??= await this.#open();
    return this.#profile;
  }

  async #open(): Promise<Loaded<VerifiedProfile>> {
    const path = this.#asked.settings.text('profile');
    if (path === undefined) {
      const fault = usage(
        'no profile was given',
        'captures are planned by one: --profile DIR; two kept plans need none',
      );
      return { ok: false, faults: [fault] };
    }
    const loaded = await openVerified(path, this.#asked, this.#world);
    return loaded.ok ? { ok: true, value: loaded.value.profile, warnings: loaded.warnings } : loaded;
  }
}

function rendered(diff: PlanDiff, { format, look }: Asked): string {
  return inForm(format, {
    data: () => planDiffData(diff),
    names: () => [...new Set([...diff.added, ...diff.gone].map(({ state }) => state))],
    text: () => planDiffText(diff, look),
  });
}
