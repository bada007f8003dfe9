import { expect, test } from 'vitest';
import { vocabulary } from '../../../src/kernel/vocabulary.ts';
import { loadPacks } from '../../../src/rules/load-packs.ts';

/** Every way in which a part of a pack can be wrong although its shape is right, and the very words that an author reads. */
const leaves: readonly string[] = [
  // Names of facts
  '{fact: site.nobody, operator: equal, value: true}',
  '{fact: node.redy, operator: equal, value: true}',
  '{fact: ready, operator: equal, value: true}',
  '{fact: nonsense, operator: equal, value: true}',
  '{fact: node., operator: equal, value: true}',
  '{fact: pod.ready, operator: equal, value: true}',
  '{fact: cohort.node.ready, operator: equal, value: true}',
  '{fact: vm.phase, operator: equal, value: Running}',
  // Age and grade
  '{fact: node.ready, maxAge: 2m, operator: equal, value: true}',
  '{fact: node.ready, maxAge: 2m1ms, operator: equal, value: true}',
  '{fact: node.ready, maxAge: 30, operator: equal, value: true}',
  '{fact: node.ready, maxAge: soon, operator: equal, value: true}',
  '{fact: node.ready, maxAge: [1s], operator: equal, value: true}',
  '{fact: node.ready, operator: equal, value: true, grade: observed}',
  '{fact: node.schedulable, operator: equal, value: true, grade: observed}',
  '{fact: param.flag, maxAge: 1s, operator: equal, value: true}',
  '{fact: param.flag, grade: observed, operator: equal, value: true}',
  // Operators
  '{fact: node.ready, operator: lessThan, value: true}',
  '{fact: bond.mode, operator: contains, value: x}',
  '{fact: node.foreignTaints, operator: in, value: [x]}',
  // Values
  '{fact: node.ready, operator: equal, value: "true"}',
  '{fact: node.ready, operator: equal, value: yes}',
  '{fact: node.ready, operator: equal, value: 1}',
  '{fact: node.ready, operator: equal, value: null}',
  '{fact: node.ready, operator: equal, value: [true]}',
  '{fact: node.name, operator: equal, value: null}',
  '{fact: node.name, operator: equal, value: 7}',
  '{fact: node.name, operator: equal, value: true}',
  '{fact: node.name, operator: equal, value: [a]}',
  '{fact: node.cordonedBy, operator: equal, value: null}',
  '{fact: node.cordonedBy, operator: equal, value: 7}',
  '{fact: node.heartbeatAge, operator: lessThan, value: 30}',
  '{fact: node.heartbeatAge, operator: lessThan, value: "30"}',
  '{fact: node.heartbeatAge, operator: lessThan, value: soon}',
  '{fact: node.heartbeatAge, operator: lessThan, value: 30s}',
  '{fact: node.heartbeatAge, operator: lessThan, value: {fact: node.clockSkew}}',
  '{fact: node.heartbeatAge, operator: lessThan, value: {fact: node.ready}}',
  '{fact: node.heartbeatAge, operator: lessThan, value: {fact: node.nobody}}',
  '{fact: node.drbdVersion, operator: lessThan, value: 9.2}',
  '{fact: node.drbdVersion, operator: lessThan, value: 9.2.14}',
  '{fact: node.role, operator: equal, value: wrker}',
  '{fact: node.role, operator: equal, value: {fact: node.satellite}}',
  '{fact: node.role, operator: equal, value: [worker]}',
  '{fact: node.role, operator: in, value: worker}',
  '{every: bond, in: node, satisfies: {fact: vm.phase, operator: equal, value: Running}}',
  '{fact: node.role, operator: in, value: []}',
  '{fact: node.role, operator: in, value: [nobody]}',
  '{fact: node.name, operator: in, value: [a, b, a]}',
  '{fact: node.name, operator: notIn, value: {fact: node.bootId}}',
  '{fact: node.foreignTaints, operator: equal, value: a}',
  '{fact: node.foreignTaints, operator: equal, value: [a, a]}',
  '{fact: node.foreignTaints, operator: equal, value: [1]}',
  '{fact: node.foreignTaints, operator: equal, value: [b, a]}',
  '{fact: node.foreignTaints, operator: equal, value: {fact: node.satelliteFlags}}',
  '{fact: node.foreignTaints, operator: equal, value: {fact: node.name}}',
  '{fact: node.foreignTaints, operator: contains, value: [a]}',
  '{fact: node.foreignTaints, operator: contains, value: {fact: node.name}}',
  '{fact: site.controlPlaneNodes, operator: equal, value: 1.5}',
  '{fact: site.controlPlaneNodes, operator: equal, value: "3"}',
  '{fact: site.controlPlaneNodes, operator: equal, value: three}',
  '{fact: site.controlPlaneNodes, operator: equal, value: 03}',
  '{fact: site.controlPlaneNodes, operator: equal, value: +3}',
  '{fact: site.controlPlaneNodes, operator: equal, value: 9007199254740993}',
  '{fact: site.controlPlaneNodes, operator: equal, value: -1}',
  '{fact: site.controlPlaneNodes, operator: equal, value: 0}',
  '{every: volume, in: site, satisfies: {fact: volume.size, operator: lessThan, value: 30}}',
  '{every: volume, in: site, satisfies: {fact: volume.size, operator: lessThan, value: big}}',
  '{every: replica, in: site, satisfies: {fact: replica.suspended, operator: equal, value: {fact: node.foreignTaints}}}',
  '{every: replica, in: site, satisfies: {fact: replica.suspended, operator: contains, value: nobody}}',
  // Parameters
  '{fact: param.flag, operator: equal, value: true}',
  '{fact: param.nobody, operator: equal, value: true}',
  '{fact: param.flg, operator: equal, value: true}',
  '{fact: node.ready, operator: equal, value: {fact: param.nobody}}',
  '{fact: node.ready, operator: equal, value: {fact: param.flag}}',
  '{fact: node.ready, operator: equal, value: {fact: param.names}}',
  '{fact: node.ready, operator: equal, value: {fact: param.flag, maxAge: 1s}}',
  '{fact: node.name, operator: in, value: {fact: param.names}}',
  '{fact: node.name, operator: in, value: {fact: param.none}}',
  '{fact: node.name, operator: in, value: {fact: param.flag}}',
  '{fact: node.role, operator: in, value: {fact: param.names}}',
  '{fact: node.role, operator: equal, value: {fact: param.word}}',
  '{fact: site.controlPlaneNodes, operator: in, value: {fact: param.names}}',
  // Who is in scope
  '{every: node, in: volume, satisfies: {fact: node.ready, operator: equal, value: true}}',
  '{every: replica, in: volume, satisfies: {fact: node.ready, operator: equal, value: true}}',
  '{every: replica, except: vm, satisfies: {fact: node.ready, operator: equal, value: true}}',
  '{every: replica, in: site, except: site, satisfies: {fact: node.ready, operator: equal, value: true}}',
  '{every: replica, in: site, except: volume, satisfies: {fact: node.ready, operator: equal, value: true}}',
  '{unknown: node.ready}',
  '{gate: p/g}',
  '{condition: nobody}',
];

const parameters = [
  'parameters:',
  '  flag: {type: node.ready, default: true, says: x}',
  '  names: {type: node.foreignTaints, default: [a], says: x}',
  '  none: {type: node.foreignTaints, default: [], says: x}',
  '  word: {type: node.name, default: nobody, says: x}',
].join('\n');

function packText(spec: string): string {
  const head = 'apiVersion: nodewright.spectrocloud.com/v1alpha1\nkind: RulePack\n';
  return `${head}metadata: {name: p, version: 1.0.0}\nspec:\n  vocabulary: v1\n${spec.replaceAll(/^/gm, '  ')}\n`;
}

function told(spec: string): readonly string[] {
  const result = loadPacks([{ file: 'p.yaml', text: packText(spec) }], { vocabulary });
  const faults = result.ok ? result.warnings : result.faults;
  const lines = faults
    .filter(({ code }) => !code.startsWith('PACK_UNUSED'))
    .map(({ code, message, hint }) => `    ${code}: ${message}${hint === undefined ? '' : `; ${hint}`}`);
  return result.ok ? ['    loads', ...lines] : lines;
}

test('a wrong leaf is told in these words, and a right one loads', async () => {
  const lines = leaves.flatMap((when) => [
    when,
    ...told(`${parameters}\ngates:\n  g: {says: x, per: node, when: ${when}}`),
  ]);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./link-faults.txt');
});
