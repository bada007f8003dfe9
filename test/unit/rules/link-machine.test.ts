import { describe, expect, test } from 'vitest';
import type { Capability } from '../../../src/kernel/capability.ts';
import { backends, operatingSystems } from '../../../src/kernel/capability.ts';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';
import { drivingPack, edited, sharedPack } from '../../support/machine-packs.ts';

type Edits = readonly (readonly [from: string, to: string])[];

/** `FILE:LINE:COL SEVERITY CODE MESSAGE; HINT` */
function faultsOf(driving: string, shared: string, capabilities?: readonly Capability[]): readonly string[] {
  const sources = [
    { file: 'flip.yaml', text: driving },
    { file: 'shared.yaml', text: shared },
  ];
  const result = loadPacks(sources, { vocabulary, ...(capabilities === undefined ? {} : { capabilities }) });
  return (result.ok ? result.warnings : result.faults).map(({ at, severity, code, message, hint }) => {
    const next = hint === undefined ? '' : `; ${hint}`;
    return `${at.file}:${at.line}:${at.col} ${severity} ${code} ${message}${next}`;
  });
}

test('a whole machine has no fault', () => {
  expect(faultsOf(drivingPack, sharedPack)).toEqual([]);
});

const cases: readonly (readonly [says: string, driving: Edits, shared: Edits])[] = [
  // Reached and left
  [
    'a state that nobody reaches',
    [['    Done: {says', '    Lost: {goto: [{to: Done}], budget: 1h}\n    Done: {says']],
    [],
  ],
  [
    'a state that nobody leaves',
    [['    Verify: {says: looks, goto: [{to: Confirm, gates: [in-mode]}],', '    Verify: {says: looks,']],
    [],
  ],
  [
    'a circle that nobody leaves',
    [['goto: [{to: Confirm, gates: [in-mode]}]', 'goto: [{to: Verify, gates: [in-mode]}]']],
    [],
  ],
  // What a step says
  [
    'a step that is never settled',
    [['      settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}\n', '']],
    [],
  ],
  ['a stretch’s step that is never settled', [], [['        settled: {condition: suspended}\n', '']]],
  ['`settled` of no step', [['    Verify: {says: looks,', '    Verify: {says: looks, settled: {gate: quiet},']], []],
  ['a step without a way back', [['      undo: {command: site.release-lock}\n', '']], []],
  [
    'a step that nothing takes back',
    [['      pointOfNoReturn: the old mode comes back only by another plan\n', '']],
    [],
  ],
  [
    'an undo that undoes nothing of it',
    [],
    [['undo: {command: site.resume-migrations}', 'undo: {command: site.resume-controllers}']],
  ],
  [
    'an undo of what nothing takes back',
    [['      pointOfNoReturn: the old mode comes back only by another plan\n', '      undo: {command: bond.revert}\n']],
    [],
  ],
  [
    'an undo of no step',
    [['    Verify: {says: looks,', '    Verify: {says: looks, undo: {command: bond.revert},']],
    [],
  ],
  ['a destructive step that no gate guards', [['        gates: [node-at-rest, in-mode]\n', '']], []],
  [
    'a destructive undo that no gate guards',
    [
      [
        '      step: {command: bond.confirm, on: {every: node}}',
        '      step: {command: drbd.connect, on: {every: node}}',
      ],
      [
        '      pointOfNoReturn: the old mode comes back only by another plan\n',
        '      undo: {command: drbd.disconnect}\n',
      ],
    ],
    [],
  ],
  // Commands
  ['a command that does not exist', [['command: bond.confirm', 'command: bond.confrim']], []],
  ['a command that needs an argument', [['        with: {mode: {fact: param.mode}}\n', '']], []],
  [
    'a lock that only some sites need',
    [
      ['step: {command: site.take-lock}', 'step: {command: site.take-lock, onlyIf: param.alone}'],
      ['  parameters:\n', '  parameters:\n    alone: {type: bool, default: false, says: one operator}\n'],
    ],
    [],
  ],
  [
    'a flip that only some sites need, by what is no switch',
    [['        confirmWithin: 10m\n', '        confirmWithin: 10m\n        onlyIf: param.mode\n']],
    [],
  ],
  [
    'a step that is needed by a parameter that nobody declared',
    [],
    [['{command: site.suspend-migrations}', '{command: site.suspend-migrations, onlyIf: param.guests}']],
  ],
  [
    'an argument that the command does not take',
    [['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: param.mode}, moed: x}']],
    [],
  ],
  [
    'an argument to a command that takes none',
    [['{command: site.take-lock}', '{command: site.take-lock, with: {mode: x}}']],
    [],
  ],
  ['a value that the argument cannot have', [['with: {mode: {fact: param.mode}}', 'with: {mode: actve-backup}']], []],
  [
    'a parameter of another type',
    [
      ['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: param.beat}}'],
      ['  parameters:\n', '  parameters:\n    beat: {type: duration, default: 1s, says: x}\n'],
    ],
    [],
  ],
  [
    'a parameter whose text the argument cannot be',
    [
      ['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: param.beat}}'],
      ['  parameters:\n', '  parameters:\n    beat: {type: text, default: actve-backup, says: x}\n'],
    ],
    [],
  ],
  [
    'a parameter that is a number of something else',
    [
      [
        'step: {command: bond.confirm, on: {every: node}}',
        'step: {command: volume.raise-placement, on: {every: volume}, gates: [quiet], with: {place: {fact: param.beat}}}',
      ],
      [
        'settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}',
        'settled: {fact: volume.place, operator: equal, value: 2}',
      ],
      ['  parameters:\n', '  parameters:\n    beat: {type: duration, default: 2ms, says: x}\n'],
    ],
    [],
  ],
  ['a parameter that nobody declares', [['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: param.moed}}']], []],
  ['a fact that changes as argument', [['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: bond.mode}}']], []],
  [
    'a frozen fact of another type',
    [['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: cohort.bond.armed}}']],
    [],
  ],
  [
    'a frozen fact that does not exist',
    [['with: {mode: {fact: param.mode}}', 'with: {mode: {fact: cohort.bond.moed}}']],
    [],
  ],
  [
    'a frozen fact of somebody else',
    [
      [
        'step: {command: bond.confirm, on: {every: node}}',
        'step: {command: volume.raise-placement, on: {every: volume}, gates: [quiet], with: {place: {fact: cohort.bond.membersUp}}}',
      ],
      [
        'settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}',
        'settled: {fact: volume.place, operator: equal, value: 2}',
      ],
    ],
    [],
  ],
  ['a node command without nodes', [['on: {every: node}}\n', '}\n']], []],
  ['a node command on volumes', [['on: {every: node}}\n', 'on: {every: volume}}\n']], []],
  ['a site command on nodes', [['{command: site.take-lock}', '{command: site.take-lock, on: {every: node}}']], []],
  // The lock
  [
    'a step before the lock',
    [
      ['goto: [{to: AcquireLock, gates', 'goto: [{to: Protect, gates'],
      ['goto: [{to: Unprotect}]', 'goto: [{to: AcquireLock}]'],
      ['goto: [{to: Protect}]', 'goto: [{to: Unprotect}]'],
    ],
    [],
  ],
  [
    'a way round the lock',
    [
      [
        'goto: [{to: AcquireLock, gates: [quiet, node-at-rest]}]',
        'goto: [{to: AcquireLock, gates: [quiet]}, {to: Flip, gates: [node-at-rest]}]',
      ],
    ],
    [],
  ],
  [
    'a step after the lock was given back',
    [
      ['goto: [{to: Unprotect}]', 'goto: [{to: ReleaseLock}]'],
      [
        'goto: [{to: ReleaseLock}]\n      onFailure: Halted\n      budget: 15m',
        'goto: [{to: Done}]\n      onFailure: Halted\n      budget: 15m',
      ],
      [
        'goto: [{to: Done}]\n      onFailure: Halted\n      budget: 15m\n    Done',
        'goto: [{to: Unprotect}]\n      onFailure: Halted\n      budget: 15m\n    Done',
      ],
    ],
    [],
  ],
  [
    'an end with the lock still held',
    [['goto: [{to: ReleaseLock}]', 'goto: [{to: ReleaseLock, gates: [quiet]}, {to: Done}]']],
    [],
  ],
  // Budgets, ends and failures
  ['a state without a budget', [], [['gates: [guests-at-rest]}], budget: 1h}', 'gates: [guests-at-rest]}]}']]],
  ['no state that takes back', [['takesBack: true, ', '']], []],
  [
    'no state that has given up',
    [['    Halted: {says: gave up, ends: halted}', '    Halted: {says: gave up, ends: complete}']],
    [],
  ],
  ['no state that is complete', [['ends: complete', 'ends: halted']], []],
  ['two states that take back', [['    Verify: {says: looks,', '    Verify: {says: looks, takesBack: true,']], []],
  [
    'a state that takes back to somewhere else',
    [['takesBack: true, goto: [{to: Idle}]', 'takesBack: true, goto: [{to: AcquireLock}]']],
    [],
  ],
  [
    'a state that takes back through a gate',
    [['takesBack: true, goto: [{to: Idle}]', 'takesBack: true, goto: [{to: Idle, gates: [quiet]}]']],
    [],
  ],
  [
    'a state that takes back and acts',
    [
      [
        'takesBack: true, goto',
        'takesBack: true, step: {command: site.take-lock}, undo: {command: site.release-lock}, onFailure: Halted, goto',
      ],
    ],
    [],
  ],
  ['an end that goes on', [['ends: complete}', 'ends: complete, goto: [{to: Idle}]}']], []],
  [
    'a start that acts',
    [
      [
        '    Idle: {says: waits,',
        '    Idle: {says: waits, step: {command: site.take-lock}, undo: {command: site.release-lock}, onFailure: Halted,',
      ],
    ],
    [],
  ],
  ['a step that fails to nowhere', [['      onFailure: RollingBack\n      budget: 5m', '      budget: 5m']], []],
  [
    'an overdue state that fails to nowhere',
    [['onFailure: RollingBack, budget: 5m, overdue: fail', 'budget: 5m, overdue: fail']],
    [],
  ],
  [
    'a failure that leads on',
    [['      onFailure: RollingBack\n      budget: 5m', '      onFailure: Verify\n      budget: 5m']],
    [],
  ],
  [
    'a failure that leads to a state that is not there',
    [['      onFailure: RollingBack\n      budget: 5m', '      onFailure: RolingBack\n      budget: 5m']],
    [],
  ],
  [
    'a failure that takes back from beyond two points of no return',
    [
      [
        'goto: [{to: Done}]\n      onFailure: Halted\n      budget: 15m\n    Done',
        'goto: [{to: Done}]\n      onFailure: RollingBack\n      budget: 15m\n    Done',
      ],
    ],
    [],
  ],
  [
    'a failure that takes back from beyond the point of no return',
    [
      [
        '      pointOfNoReturn: they may move again\n      goto: [{to: ReleaseLock}]\n      onFailure: Halted',
        '      pointOfNoReturn: they may move again\n      goto: [{to: ReleaseLock}]\n      onFailure: RollingBack',
      ],
    ],
    [],
  ],
  [
    'a way back from beyond the point of no return',
    [['goto: [{to: ReleaseLock}]', 'goto: [{to: ReleaseLock, gates: [quiet]}, {to: RollingBack}]']],
    [],
  ],
  [
    'a point of no return that orders nobody fails beyond itself',
    [['    Verify: {says: looks,', '    Verify: {says: looks, pointOfNoReturn: it was seen,']],
    [],
  ],
  [
    'a circle that acts without a gate',
    [['      goto: [{to: Verify}]', '      goto: [{to: Protect}, {to: Verify}]']],
    [['goto: [{to: end, gates: [guests-at-rest]}]', 'goto: [{to: end}]']],
  ],
  // Stretches
  [
    'a stretch that nobody uses',
    [],
    [['  stretches:\n', '  stretches:\n    other: {Alone: {goto: [{to: end}], onFailure: RollingBack, budget: 1h}}\n']],
  ],
  [
    'a mistake in a stretch that nobody uses',
    [],
    [['  stretches:\n', '  stretches:\n    other: {Alone: {goto: [{to: ende}]}}\n']],
  ],
  ['a stretch that begins in two places', [], [['goto: [{to: Wait}]', 'goto: [{to: end}]']]],
  [
    'a stretch that begins nowhere',
    [],
    [['goto: [{to: end, gates: [guests-at-rest]}]', 'goto: [{to: end, gates: [guests-at-rest]}, {to: Suspend}]']],
  ],
  ['a stretch that does not exist', [['stretch: shared/protect', 'stretch: shared/protct']], []],
  ['a stretch of another pack by its short name', [['stretch: shared/protect', 'stretch: protect']], []],
  [
    'a stretch that is nothing but itself',
    [],
    [
      ['  stretches:\n', '  stretches:\n    loop: {Again: {stretch: loop, then: end}}\n'],
      ['{to: Wait}', '{to: Round}'],
      ['      Wait: {', '      Round: {stretch: loop, then: Wait}\n      Wait: {'],
    ],
  ],
  [
    'states of a stretch in a stretch that the machine has already',
    [
      [
        '    Verify: {says',
        '    Twice: {stretch: shared/outer, then: Verify, onFailure: RollingBack}\n    Verify: {says',
      ],
    ],
    [['  stretches:\n', '  stretches:\n    outer: {Inner: {stretch: protect, then: end}}\n']],
  ],
  ['a stretch that uses itself', [], [['      Wait: {', '      Again: {stretch: protect, then: end}\n      Wait: {']]],
  [
    'stretches that use each other',
    [],
    [
      ['  stretches:\n', '  stretches:\n    other: {Again: {stretch: protect, then: end}}\n'],
      ['      Wait: {', '      Other: {stretch: other, then: end}\n      Wait: {'],
    ],
  ],
  [
    'a stretch that is used twice',
    [
      [
        '    Verify: {says',
        '    Twice: {stretch: shared/protect, then: Verify, onFailure: RollingBack}\n    Verify: {says',
      ],
    ],
    [],
  ],
  [
    'a state that a stretch has already',
    [['    Verify: {says', '    Wait: {goto: [{to: Done}], budget: 1h}\n    Verify: {says']],
    [],
  ],
  ['a stretch that goes on to nowhere', [['then: Flip', 'then: Flop']], []],
  ['`end` outside of a stretch', [['then: Flip', 'then: end']], []],
  ['a stretch that leads out of itself', [], [['goto: [{to: Wait}]', 'goto: [{to: Flip}]']]],
  [
    'a stretch that fails to nowhere',
    [],
    [['        goto: [{to: Wait}]', '        onFailure: Backwards\n        goto: [{to: Wait}]']],
  ],
  // Gates and conditions
  [
    'a gate that nothing asks',
    [
      [
        '  gates:\n',
        '  gates:\n    idle: {says: x, when: {fact: site.linstorReachable, operator: equal, value: true}}\n',
      ],
    ],
    [],
  ],
  ['a gate that does not exist', [['gates: [in-mode]}], onF', 'gates: [in-mood]}], onF']], []],
  ['a gate of another pack by its short name', [['gates: [in-mode]}], onF', 'gates: [guests-at-rest]}], onF']], []],
  ['a gate under `not`', [['settled: {all: [{gate: in-mode},', 'settled: {all: [{not: {gate: in-mode}},']], []],
  [
    'a gate under a quantifier',
    [['settled: {all: [{gate: in-mode},', 'settled: {all: [{every: bond, satisfies: {gate: in-mode}},']],
    [],
  ],
  [
    'a question about somebody else',
    [
      [
        'settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}',
        'settled: {fact: bond.armed, operator: equal, value: false}',
      ],
    ],
    [],
  ],
  [
    'an age of what was frozen',
    [['value: {fact: cohort.bond.mode}', 'value: {fact: cohort.bond.mode, maxAge: 1s}']],
    [],
  ],
  [
    'what was frozen, outside of a machine',
    [
      [
        'in-mode: {says: the bond is in the mode, per: bond, when: {fact: bond.mode, operator: equal, value: {fact: param.mode}}}',
        'in-mode: {says: x, per: bond, when: {fact: cohort.bond.mode, operator: equal, value: {fact: param.mode}}}',
      ],
    ],
    [],
  ],
  // Guards, and the pack itself
  ['a guard of a state that is not there', [['during: [Protect, Flip]', 'during: [Protect, Flop]']], []],
  ['a grace that is no duration', [['grace: 30s', 'grace: soon']], []],
  ['states that drive nothing', [['  drives: BondModeFlipPlan\n', '']], []],
  ['a transition to nowhere', [['goto: [{to: Verify}]', 'goto: [{to: Verfy}]']], []],
  ['a misspelt key is not called missing as well', [['      goto: [{to: Verify}]', '      gotoo: [{to: Verify}]']], []],
];

/** Every way in which a machine can be wrong although its shape is right, and the very words that an author reads. */
test('a machine with one mistake is refused in these words', async () => {
  const lines = cases.flatMap(([says, driving, shared]) => {
    const faults = faultsOf(edited(drivingPack, ...driving), edited(sharedPack, ...shared));
    expect(faults, says).not.toEqual([]);
    return [says, ...faults.map((fault) => `    ${fault}`)];
  });
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./machine-faults.txt');
});

test.each([
  ['piraeus', 'kairos', []],
  ['piraeus', 'ubuntu', []],
  ['local-path', 'kairos', ['shared.yaml:14:25 PACK_CAPABILITY']],
] as const)('on %s and %s it may be loaded only if what its commands need is there', (backend, os, expected) => {
  const controllers = [
    ['command: site.suspend-migrations', 'command: site.pause-controllers'],
    ['command: site.resume-migrations', 'command: site.resume-controllers'],
  ] as const;
  const capabilities = [...backends[backend], ...operatingSystems[os]];
  const faults = faultsOf(drivingPack, edited(sharedPack, ...controllers), capabilities);
  expect(faults.map((fault) => fault.split(' ').toSpliced(1, 1).slice(0, 2).join(' '))).toEqual(expected);
});

test('what `requires` has refused is not refused again at each command', () => {
  const requiring = edited(
    sharedPack,
    ['  conditions:', '  requires: [SupportsReplication]\n  conditions:'],
    ['command: site.suspend-migrations', 'command: site.pause-controllers'],
    ['command: site.resume-migrations', 'command: site.resume-controllers'],
  );
  expect(faultsOf(drivingPack, requiring, operatingSystems.kairos)).toEqual([
    'shared.yaml:6:14 error PACK_CAPABILITY pack `shared` needs SupportsReplication, which the profile’s storage backend does not have; leave the pack out, or choose another storage backend',
  ]);
});

test('a capability that several commands need is missed once', () => {
  const faults = faultsOf(drivingPack, sharedPack, []);
  expect(faults).toEqual([
    'flip.yaml:32:18 error PACK_CAPABILITY `bond.set-mode` needs PersistentNetworkConfig, which this profile’s site does not have; leave the pack `flip` out, or choose another backend or operating system',
  ]);
});

describe('what cannot be known while a pack cannot be read', () => {
  const told = (driving: string, shared: string): readonly string[] => {
    const sources = [
      { file: 'flip.yaml', text: driving },
      { file: 'shared.yaml', text: shared },
      { file: 'broken.yaml', text: 'a: [' },
    ];
    const result = loadPacks(sources, { vocabulary });
    return (result.ok ? [] : result.faults).map(({ at, code }) => `${at.file}:${at.line} ${code}`);
  };

  test.each([
    [
      'that nobody asks a gate',
      [
        '  gates:\n',
        '  gates:\n    idle: {says: x, when: {fact: site.linstorReachable, operator: equal, value: true}}\n',
      ],
      [],
    ],
    ['that there is no such stretch, and that nobody uses another', ['shared/protect', 'broken/protect'], []],
    ['that there is no such gate', ['gates: [in-mode]}], onF', 'gates: [broken/in-mode]}], onF'], []],
  ] as const)('%s is not said', (_, edit, expected) => {
    expect(told(edited(drivingPack, edit), sharedPack)).toEqual([...expected, 'broken.yaml:1 YAML_SYNTAX']);
  });
});
