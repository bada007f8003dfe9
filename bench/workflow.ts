/** What a workflow costs: one decision of the whole upgrade pack beside json-rules-engine, and a simulated site under it. */
import { diskFrom, folderOf } from '../src/console/disk.ts';
import type { Snapshot } from '../src/kernel/snapshot.ts';
import { TRUE } from '../src/kernel/verdict.ts';
import { vocabulary } from '../src/kernel/vocabulary.ts';
import { newWorkflow } from '../src/kernel/workflow.ts';
import type { HeldProfile } from '../src/operator/prepare.ts';
import { reliesOf } from '../src/operator/second-opinion.ts';
import { beginPass, type WorkflowPass } from '../src/operator/spine.ts';
import { loadProfile } from '../src/profile/load.ts';
import { insecureUnsigned } from '../src/profile/verify.ts';
import { keptEngine } from '../src/rules/engine.ts';
import { type CompiledMachine, compileMachine } from '../src/rules/machine-evaluator.ts';
import { questionsOf } from '../src/rules/machine-frozen.ts';
import type { Question } from '../src/rules/pack.ts';
import { faultNames } from '../src/sim/fault-kinds.ts';
import { type RunResult, simulate } from '../src/sim/run.ts';
import type { Row } from './row.ts';

const workflow = 'ReplicationUpgrade';
const manyVolumes = { nodes: 3, volumes: 30, vms: 3 };
const seeds = Array.from({ length: 40 }, (_, at) => at + 1);

export async function measure(): Promise<readonly Row[]> {
  const profile = heldProfile();
  const compiled = profile.machineOf(workflow);
  if (compiled === undefined) throw new Error(`no pack drives a ${workflow}`);
  return [...(await decisionRows(profile, compiled)), ...(await wholeRunRows(profile)), ...(await stepRows(profile))];
}

function heldProfile(): HeldProfile {
  const { folder, file } = folderOf(diskFrom('.'), 'profiles/three-node');
  const loaded = loadProfile(folder, file, vocabulary, insecureUnsigned);
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join('\n'));
  const { digest, shape, packs } = loaded.value.profile;
  const machines = packs.flatMap(({ machine }) => (machine === undefined ? [] : [compileMachine(machine)]));
  return { digest, shape, machineOf: (kind) => machines.find(({ machine }) => machine.drives === kind) };
}

/** Ours decides, and answers every question of the machine of everybody; the engine answers the gates alone. */
async function decisionRows(profile: HeldProfile, compiled: CompiledMachine): Promise<readonly Row[]> {
  const { status, sight } = await widestPass(profile, compiled);
  const { snapshot, epoch } = sight;
  const { machine } = compiled;
  const asked = (questions: readonly Question[]) =>
    questions.flatMap((rule) => snapshot.populations[rule.per].members.map(({ id }) => ({ rule, object: id })));
  const gates = new Set(
    machine.states.flatMap(({ act, goto }) =>
      [...goto.flatMap((one) => one.gates), ...(act?.gates ?? []), ...(act?.undo?.gates ?? [])].map(({ asks }) => asks),
    ),
  );
  const [everything, gatesAlone] = [asked(questionsOf(machine)), asked([...gates])];
  /** Of a moment of its own, as every pass has: nothing that was answered before is answered again. */
  const ours = (): number => {
    const pass = beginPass(profile, compiled, { ...snapshot }, status, epoch, {});
    let open = 0;
    for (const { rule, object } of everything) if (pass.sight.ask(rule, object) === TRUE) open += 1;
    return open;
  };
  const theirs = keptEngine(gatesAlone, sight.frozen);
  const expected = gatesAlone.filter(({ rule, object }) => sight.ask(rule, object) === TRUE).length;
  if ((await theirs()) !== expected) throw new Error('json-rules-engine does not give the same answers');
  for (let warm = 0; warm < 500; warm += 1) ours();
  const [our, their]: [number[], number[]] = [[], []];
  for (let round = 0; round < 15; round += 1) {
    const start = performance.now();
    for (let again = 0; again < 50; again += 1) ours();
    const between = performance.now();
    await theirs();
    our.push((between - start) / 50);
    their.push(performance.now() - between);
  }
  const ratio = median(their) / median(our);
  const what = 'workflow: a decision of the whole upgrade pack, 3 nodes, 30 volumes';
  return [
    {
      name: `${what}, against json-rules-engine, kept, for its ${gates.size} gates alone`,
      figure: ratio,
      unit: '×',
      goal: '≥ 300×',
      ok: ratio >= 300,
    },
    { name: what, figure: median(our) * 1_000, unit: 'µs' },
  ];
}

/** Of a site as the operator sees it before anything is begun, the decision that rests on the most gates. */
async function widestPass(profile: HeldProfile, compiled: CompiledMachine): Promise<WorkflowPass> {
  const seen: (readonly [Snapshot, number])[] = [];
  const watching: CompiledMachine = {
    machine: compiled.machine,
    sightOf(snapshot, epoch, cohort) {
      if (seen.length < 100) seen.push([snapshot, epoch]);
      return compiled.sightOf(snapshot, epoch, cohort);
    },
  };
  await run({ ...profile, machineOf: () => watching }, 1, { site: manyVolumes, boundMs: 120_000 });
  const start = compiled.machine.states[0]?.name ?? '';
  let widest: WorkflowPass | undefined;
  let most = 0;
  for (const [snapshot, epoch] of seen) {
    const id = { workflow: 'bench', uid: 'bench', profile: profile.digest, machine: compiled.machine.digest };
    const pass = beginPass(profile, compiled, snapshot, newWorkflow(id, start, epoch, snapshot.nowMs), epoch, {});
    const relies = reliesOf(pass).length;
    if (relies <= most) continue;
    most = relies;
    widest = pass;
  }
  if (widest === undefined) throw new Error('no decision rested on any gate');
  return widest;
}

async function wholeRunRows(profile: HeldProfile): Promise<readonly Row[]> {
  const seconds: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    const before = process.cpuUsage();
    const { end } = await run(profile, seed, { site: manyVolumes });
    if (end !== 'complete') throw new Error(`the run without faults ended as ${end}`);
    seconds.push(cpuSecondsSince(before));
  }
  const figure = median(seconds);
  const name = 'workflow: an upgrade of 3 nodes and 30 volumes without faults, simulated from beginning to end';
  return [{ name, figure, unit: 's of one core', goal: '≤ 1 s', ok: figure <= 1 }];
}

async function stepRows(profile: HeldProfile): Promise<readonly Row[]> {
  let [steps, decidingMs] = [0, 0];
  const [before, start] = [process.cpuUsage(), performance.now()];
  for (const seed of seeds) {
    const result = await run(profile, seed, { faults: true });
    steps += result.steps;
    decidingMs += result.decidingMs;
  }
  const figure = steps / cpuSecondsSince(before);
  const share = (100 * decidingMs) / (performance.now() - start);
  return [
    {
      name: `workflow: simulated steps, ${seeds.length} upgrades with every kind of fault`,
      figure,
      unit: 'a second of one core',
      goal: '≥ 100,000',
      ok: figure >= 100_000,
    },
    { name: 'workflow: of that time in the operator, which decides', figure: share, unit: '%' },
  ];
}

interface Choice {
  readonly site?: typeof manyVolumes;
  readonly faults?: boolean;
  readonly boundMs?: number;
}

function run(profile: HeldProfile, seed: number, { site, faults, boundMs }: Choice): Promise<RunResult> {
  return simulate({
    seed,
    workflow,
    profile,
    faults: faults === true ? { kinds: faultNames, atMost: 6, withinMs: 10 * 60_000 } : [],
    meter: () => performance.now(),
    ...(site === undefined ? {} : { site }),
    ...(boundMs === undefined ? {} : { boundMs }),
  });
}

/** Both kinds of it; what other processes take of the machine is not in it. */
function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
