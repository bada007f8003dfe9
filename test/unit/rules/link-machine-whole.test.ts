import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Machine } from '../../../src/kernel/machine.ts';
import { stateOf } from '../../../src/kernel/machine.ts';
import { ancestorsOf, type SubjectKind, subjectKinds } from '../../../src/kernel/subject.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadPacks, type PackOptions } from '../../../src/rules/load-packs.ts';
import type { Question, RulePack } from '../../../src/rules/pack.ts';
import type { MapTree } from '../../../src/source/tree.ts';
import { parseTree } from '../../../src/source/yaml.ts';
import { drivingPack, edited, sharedPack } from '../../support/machine-packs.ts';

type Files = readonly (readonly [file: string, text: string])[];
const whole: Files = [
  ['flip.yaml', drivingPack],
  ['shared.yaml', sharedPack],
];

function packs(files: Files = whole, more: Partial<PackOptions> = {}): readonly RulePack[] {
  const result = loadPacks(
    files.map(([file, text]) => ({ file, text })),
    { vocabulary, ...more },
  );
  expect(result.ok ? result.warnings : result.faults).toEqual([]);
  return result.ok ? result.value : [];
}

function machine(driving = drivingPack, shared = sharedPack, more: Partial<PackOptions> = {}): Machine<Question> {
  const files: Files = [
    ['flip.yaml', driving],
    ['shared.yaml', shared],
  ];
  const found = packs(files, more).flatMap((pack) => pack.machine ?? []);
  expect(found).toHaveLength(1);
  return found[0] as Machine<Question>;
}

describe('a whole machine', () => {
  test('has its states in the order of the pack, a stretch put in where it is used', () => {
    const { states, drives, rollingBack, halted } = machine();
    expect({ drives, rollingBack, halted }).toEqual({
      drives: 'BondModeFlipPlan',
      rollingBack: 'RollingBack',
      halted: 'Halted',
    });
    const order = 'Idle AcquireLock Suspend Wait Flip Verify Confirm Unprotect ReleaseLock Done RollingBack Halted';
    expect(states.map(({ name }) => name).join(' ')).toBe(order);
    expect(states.map(({ stretch }) => stretch ?? '-').join(' ')).toBe(
      '- - shared/protect shared/protect - - - - - - - -',
    );
    expect(states.map(({ at }) => at.file === 'shared.yaml').indexOf(true)).toBe(2);
  });

  test('goes on to a stretch’s first state, and from its end to where its user said', () => {
    const { states } = machine();
    const ways = states.flatMap(({ name, goto }) => goto.map(({ to }) => `${name} → ${to}`));
    expect(ways).toEqual([
      'Idle → AcquireLock',
      'AcquireLock → Suspend',
      'Suspend → Wait',
      'Wait → Flip',
      'Flip → Verify',
      'Verify → Confirm',
      'Confirm → Unprotect',
      'Unprotect → ReleaseLock',
      'ReleaseLock → Done',
      'RollingBack → Idle',
    ]);
  });

  test('a stretch’s states fail to where its user said, unless they say so themselves', () => {
    const failures = (one: Machine<Question>) => ['Suspend', 'Wait'].map((name) => stateOf(one, name)?.onFailure);
    expect(failures(machine())).toEqual(['RollingBack', 'RollingBack']);
    const own = edited(sharedPack, [
      '        goto: [{to: Wait}]',
      '        onFailure: Halted\n        goto: [{to: Wait}]',
    ]);
    expect(failures(machine(drivingPack, own))).toEqual(['Halted', 'RollingBack']);
  });

  test('has its budgets, and none where it rests', () => {
    const budgets = machine().states.map(({ name, budgetMs, overdue }) => [name, budgetMs, overdue]);
    expect(budgets).toContainEqual(['Idle', 3_600_000, 'hold']);
    expect(budgets).toContainEqual(['Verify', 300_000, 'fail']);
    expect(budgets).toContainEqual(['Done', Number.POSITIVE_INFINITY, 'hold']);
    expect(budgets).toContainEqual(['Halted', Number.POSITIVE_INFINITY, 'hold']);
    expect(budgets).toContainEqual(['RollingBack', 1_800_000, 'hold']);
  });

  test('has of each state what it is and why there is no way back', () => {
    const states = machine().states;
    expect(states.filter(({ takesBack }) => takesBack).map(({ name }) => name)).toEqual(['RollingBack']);
    expect(states.flatMap(({ name, ends }) => (ends === undefined ? [] : [[name, ends]]))).toEqual([
      ['Done', 'complete'],
      ['Halted', 'halted'],
    ]);
    expect(states.filter(({ pointOfNoReturn }) => pointOfNoReturn !== undefined).map(({ name }) => name)).toEqual([
      'Confirm',
      'Unprotect',
      'ReleaseLock',
    ]);
    expect(stateOf(machine(), 'Confirm')?.pointOfNoReturn).toBe('the old mode comes back only by another plan');
  });

  test('says what a step means where its author says nothing', () => {
    expect(stateOf(machine(), 'Unprotect')?.says).toBe('KubeVirt may migrate again as it could before');
    expect(stateOf(machine(), 'Flip')?.says).toBe('one node after the other');
  });

  test('has an act with all that its author wrote', () => {
    const act = stateOf(machine(), 'Flip')?.act;
    expect(act).toMatchObject({
      command: 'bond.set-mode',
      on: 'node',
      atATime: 2,
      confirmWithinMs: 600_000,
      where: { per: 'node', name: 'where of Flip' },
      settled: { per: 'node', name: 'settled of Flip', says: 'one node after the other', gates: ['flip/in-mode'] },
      gates: [{ name: 'flip/node-at-rest' }, { name: 'flip/in-mode' }],
      undo: {
        command: 'bond.revert',
        atATime: 16,
        gates: [{ name: 'flip/quiet', asks: { per: 'node' } }],
        settled: { per: 'node', name: 'undo of Flip', gates: [] },
      },
    });
    expect(act?.with).toEqual(new Map([['mode', { kind: 'literal', value: 'active-backup' }]]));
  });

  test('has one at a time where its author says nothing, and nobody to choose', () => {
    const act = stateOf(machine(), 'Confirm')?.act;
    expect(act).toMatchObject({ command: 'bond.confirm', atATime: 1, gates: [] });
    expect(Object.keys(act ?? {})).not.toContain('where');
    expect(Object.keys(act ?? {})).not.toContain('undo');
    expect(stateOf(machine(), 'AcquireLock')?.act).toMatchObject({ command: 'site.take-lock', on: 'site', atATime: 1 });
    expect(stateOf(machine(), 'AcquireLock')?.act?.undo).not.toHaveProperty('atATime');
  });

  test('has no step, and freezes nothing for it, where the profile says that the site has no need of it', () => {
    const shared = (value: boolean): string =>
      edited(
        sharedPack,
        ['  conditions:', `  parameters: {guests: {type: bool, default: ${value}, says: VMs run here}}\n  conditions:`],
        ['step: {command: site.suspend-migrations}', 'step: {command: site.suspend-migrations, onlyIf: param.guests}'],
      );
    // Its own way out of the other pack would freeze the same fact.
    const driving = edited(drivingPack, [
      '      step: {command: site.resume-migrations}\n      settled: {fact: site.migrationsSuspended, operator: equal, value: {fact: cohort.site.migrationsSuspended}}\n      pointOfNoReturn: they may move again\n',
      '      says: goes on\n',
    ]);
    const [needed, spared] = [machine(driving, shared(true)), machine(driving, shared(false))];
    expect(stateOf(needed, 'Suspend')?.act?.command).toBe('site.suspend-migrations');
    expect(needed.freezes).toContain('site.migrationsSuspended');
    expect(stateOf(spared, 'Suspend')).toMatchObject({ goto: [{ to: 'Wait' }] });
    expect(stateOf(spared, 'Suspend')?.act).toBeUndefined();
    expect(spared.freezes).not.toContain('site.migrationsSuspended');
    expect(spared.states.map(({ name }) => name)).toEqual(needed.states.map(({ name }) => name));
    expect(spared.digest).not.toBe(needed.digest);
  });

  test('takes what was frozen as an argument, of the member and of the site', () => {
    const given = edited(drivingPack, ['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: cohort.bond.mode}}']);
    expect(stateOf(machine(given), 'Flip')?.act?.with.get('mode')).toEqual({ kind: 'frozen', fact: 'bond.mode' });
    const placing = edited(
      drivingPack,
      [
        'step: {command: bond.confirm, on: {every: node}}',
        'step: {command: volume.raise-placement, on: {every: volume}, gates: [quiet], with: {place: {fact: cohort.volume.classPlace}}}',
      ],
      [
        'settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}',
        'settled: {fact: volume.place, operator: equal, value: {fact: volume.classPlace}}',
      ],
    );
    const placed = machine(placing);
    expect(stateOf(placed, 'Confirm')?.act?.with.get('place')).toEqual({ kind: 'frozen', fact: 'volume.classPlace' });
    expect(placed.freezes).toContain('volume.classPlace');
  });

  test('freezes what its agents’ commands move and what it reads as it was, and never the lock', () => {
    expect(machine().freezes).toEqual(['bond.armed', 'bond.configuredMode', 'bond.mode', 'site.migrationsSuspended']);
    const reading = edited(drivingPack, [
      'value: {fact: cohort.bond.mode}',
      'value: {fact: cohort.bond.stagedMode}',
    ]).replace(
      'fact: bond.mode, operator: equal, value: {fact: cohort',
      'fact: bond.stagedMode, operator: equal, value: {fact: cohort',
    );
    expect(machine(reading).freezes).toContain('bond.stagedMode');
  });

  test('has guards with their span, in which a stretch is all of its states', () => {
    expect(machine().guards).toMatchObject([
      {
        name: 'suspended',
        says: 'nothing migrates',
        during: ['Suspend', 'Wait', 'Flip'],
        graceMs: 30_000,
        asks: { per: 'site', name: 'guard suspended', gates: ['flip/quiet'] },
      },
    ]);
    expect(machine(edited(drivingPack, ['      grace: 30s\n', ''])).guards[0]?.graceMs).toBe(0);
  });
});

test('is the same whatever order its keys are written in: a built document sorts them', () => {
  const plain = (one: Machine<Question>): unknown =>
    JSON.parse(
      JSON.stringify(one, (key, value: unknown) => {
        if (key === 'at') return undefined; // where a part stands is another place
        if (value instanceof Map) return [...value].sort();
        return value;
      }),
    );
  const other = edited(drivingPack, [
    '  states:',
    '    also: {says: x, during: [Flip, Confirm, Protect], when: {gate: quiet}}\n  states:',
  ]);
  const built = (text: string): string => JSON.stringify(sortedKeys(parse(text)));
  expect(plain(machine(built(other), built(sharedPack)))).toEqual(plain(machine(other)));
  expect(machine(built(other), built(sharedPack)).guards.map(({ name }) => name)).toEqual(['also', 'suspended']);
});

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  );
}

describe('the digest of a machine', () => {
  const { digest } = machine();
  const set = (text: string): MapTree => {
    const tree = parseTree({ file: 'profile.yaml', text });
    if (!tree.ok || tree.value.kind !== 'map') throw new Error('the test’s own YAML is broken');
    return tree.value;
  };

  test.each([
    ['the pack that drives it', edited(drivingPack, ['budget: 1h}', 'budget: 2h}']), sharedPack],
    ['the pack of a stretch', drivingPack, edited(sharedPack, ['budget: 1h}', 'budget: 2h}'])],
  ])('changes with %s', (_, driving, shared) => {
    expect(machine(driving, shared).digest).not.toBe(digest);
  });

  test('changes with what the profile sets, and with nothing that only looks different', () => {
    expect(machine(drivingPack, sharedPack, { parameters: set('mode: 802.3ad') }).digest).not.toBe(digest);
    expect(machine(drivingPack, sharedPack, { parameters: set('mode: active-backup') }).digest).toBe(digest);
    expect(machine(`# a comment\n${drivingPack}`).digest).toBe(digest);
  });

  test('changes with a pack whose gate it asks, and not with one that it does not know', () => {
    const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n';
    const other = (value: boolean) =>
      `${head}metadata: {name: other, version: 1.0.0}\nspec: {vocabulary: v1, gates: {calm: {says: x, when: {fact: site.linstorReachable, operator: equal, value: ${value}}}}}\n`;
    const asking = edited(drivingPack, ['goto: [{to: Verify}]', 'goto: [{to: Verify, gates: [other/calm]}]']);
    const digestWith = (driving: string, value: boolean) =>
      packs([
        ['flip.yaml', driving],
        ['shared.yaml', sharedPack],
        ['other.yaml', other(value)],
      ]).flatMap((pack) => pack.machine?.digest ?? []);
    expect(digestWith(drivingPack, true)).toEqual([digest]);
    expect(digestWith(asking, true)).not.toEqual(digestWith(asking, false));
  });
});

test('two machines use one stretch, each with its own ways out', () => {
  const second = edited(
    drivingPack,
    ['{name: flip,', '{name: other,'],
    ['drives: BondModeFlipPlan', 'drives: ReplicationUpgrade'],
    ['    quiet: {', '    calm: {'],
    ['    node-at-rest: {', '    node-at-peace: {'],
    ['    in-mode: {', '    as-set: {'],
    ['then: Flip, onFailure: RollingBack', 'then: Flip, onFailure: Halted'],
  )
    .replaceAll('quiet', 'calm')
    .replaceAll('node-at-rest', 'node-at-peace')
    .replaceAll('in-mode', 'as-set');
  const found = packs([...whole, ['other.yaml', second]]).flatMap((pack) => pack.machine ?? []);
  expect(found.map(({ drives }) => drives)).toEqual(['BondModeFlipPlan', 'ReplicationUpgrade']);
  expect(found.map((one) => stateOf(one, 'Wait')?.onFailure)).toEqual(['RollingBack', 'Halted']);
  const [first, other] = found.map((one) => stateOf(one, 'Suspend')?.act);
  expect(first).toBe(other);
});

test('a stretch may be used by the name of its own first state', () => {
  const named = edited(
    drivingPack,
    ['    Protect: {', '    Suspend: {'],
    ['{to: Protect}', '{to: Suspend}'],
    ['[Protect, Flip]', '[Suspend, Flip]'],
  );
  const { states, guards } = machine(named);
  expect(stateOf(machine(named), 'AcquireLock')?.goto[0]?.to).toBe('Suspend');
  expect(states.filter(({ name }) => name === 'Suspend')).toHaveLength(1);
  expect(guards[0]?.during).toEqual(['Suspend', 'Wait', 'Flip']);
});

test('what leads to another stands before it, also where a way leads past it', () => {
  const past = edited(drivingPack, ['goto: [{to: Protect}]', 'goto: [{to: Unprotect, gates: [quiet]}, {to: Protect}]']);
  const order = 'Idle AcquireLock Suspend Wait Flip Verify Confirm Unprotect ReleaseLock Done RollingBack Halted';
  expect(
    machine(past)
      .states.map(({ name }) => name)
      .join(' '),
  ).toBe(order);
  const later = edited(drivingPack, [
    'goto: [{to: Protect}]',
    'goto: [{to: Protect, gates: [quiet]}, {to: ReleaseLock}]',
  ]);
  expect(
    machine(later)
      .states.map(({ name }) => name)
      .join(' '),
  ).toBe(order);
});

test('of two ways to one state, the first that is written stands first', () => {
  const two = edited(drivingPack, [
    '    Verify: {says: looks, goto: [{to: Confirm, gates: [in-mode]}],',
    '    Aside: {goto: [{to: Confirm}], budget: 5m}\n    Beside: {goto: [{to: Confirm}], budget: 5m}\n    Verify: {says: looks, goto: [{to: Beside, gates: [in-mode]}, {to: Aside}],',
  ]);
  const names = machine(two).states.map(({ name }) => name);
  expect(names.slice(5, 9)).toEqual(['Verify', 'Beside', 'Aside', 'Confirm']);
});

test('a stretch may use another, and `end` leads out of both', () => {
  const nested = edited(sharedPack, [
    '  stretches:\n',
    '  stretches:\n    around:\n      Before: {goto: [{to: Inner}], budget: 1h}\n      Inner: {stretch: protect, then: end}\n',
  ]);
  const { states, guards } = machine(edited(drivingPack, ['shared/protect', 'shared/around']), nested);
  expect(states.slice(1, 5).map(({ name, goto, onFailure }) => [name, goto[0]?.to, onFailure])).toEqual([
    ['AcquireLock', 'Before', 'RollingBack'],
    ['Before', 'Suspend', 'RollingBack'],
    ['Suspend', 'Wait', 'RollingBack'],
    ['Wait', 'Flip', 'RollingBack'],
  ]);
  expect(guards[0]?.during).toEqual(['Before', 'Suspend', 'Wait', 'Flip']);
});

describe('a gate, where it is asked', () => {
  const fact: Readonly<Record<SubjectKind, string>> = {
    site: 'fact: site.linstorReachable, operator: equal, value: true',
    node: 'fact: node.ready, operator: equal, value: true',
    bond: 'fact: bond.armed, operator: equal, value: false',
    volume: 'fact: volume.pendingDelete, operator: equal, value: false',
    replica: 'fact: replica.quorum, operator: equal, value: true',
    connection: 'fact: connection.pathsUp, operator: equal, value: true',
    vm: 'fact: vm.migrating, operator: equal, value: false',
  };
  const scopes = ['site', 'node', 'volume'] as const;
  const settledOf = {
    site: ['site.suspend-migrations', '', 'undo: {command: site.resume-migrations}'],
    node: ['network.stage', 'on: {every: node}, with: {mode: active-backup},', 'undo: {command: network.unstage}'],
    volume: ['volume.snapshot', 'on: {every: volume},', 'undo: {command: volume.drop-snapshot}'],
  } as const;

  /** The question of a step’s gate and that of its `settled`, for a gate `per` one kind asked of another. */
  function asked(per: SubjectKind, scope: (typeof scopes)[number], whenEmpty = ''): readonly (Question | undefined)[] {
    const [command, on, undo] = settledOf[scope];
    const use = `{gate: asked${whenEmpty}}`;
    const text = edited(
      drivingPack,
      [
        '  gates:\n',
        `  gates:\n    asked: {says: it is asked, next: wait, per: ${per}, grade: observed, when: {${fact[per]}}}\n`,
      ],
      [
        '      step: {command: bond.confirm, on: {every: node}}',
        `      step: {command: ${command}, ${on} gates: [${use}]}`,
      ],
      [
        '      settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}\n      pointOfNoReturn: the old mode comes back only by another plan',
        `      settled: ${use}\n      ${undo}`,
      ],
      [
        '      goto: [{to: Unprotect}]\n      onFailure: Halted',
        `      goto: [{to: Unprotect, gates: [${use}]}]\n      onFailure: Halted`,
      ],
    );
    const state = stateOf(machine(text), 'Confirm');
    return [state?.act?.gates[0]?.asks, state?.act?.settled, state?.goto[0]?.gates[0]?.asks];
  }

  const pairs = subjectKinds.flatMap((per) => scopes.map((scope) => [per, scope] as const));
  test.each(pairs)('per %s, asked of a %s', (per, scope) => {
    const [gate, settled, transition] = asked(per, scope);
    expect(gate).toMatchObject({ kind: 'gate', name: 'flip/asked', per: scope, says: 'it is asked', next: 'wait' });
    expect(settled).toMatchObject({ per: scope, gates: ['flip/asked'] });
    const leaf = { kind: 'leaf', read: { subject: per, grade: 'observed' }, at: { line: 10 } };
    const named = { kind: 'named', name: 'flip/asked', of: leaf };
    const of = (one: SubjectKind) =>
      per === 'site' || per === one
        ? named
        : {
            kind: 'quantified',
            quantifier: { kind: 'every' },
            over: per,
            // Whose they are, where they can be somebody’s; else all of them are asked.
            within: one !== 'site' && ancestorsOf(per).includes(one) ? [one] : [],
            satisfies: named,
          };
    expect(gate?.when).toMatchObject(of(scope));
    expect(settled?.when).toMatchObject(of(scope));
    expect(transition).toMatchObject({ per: 'site', when: of('site') });
    expect(gate?.when).not.toHaveProperty('whenEmpty');
  });

  test('over nobody is unknown unless its user says so', () => {
    for (const question of asked('vm', 'node', ', whenEmpty: open')) {
      expect(question?.when).toMatchObject({ over: 'vm', whenEmpty: 'open' });
    }
  });
});
