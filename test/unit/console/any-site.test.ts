import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nwctl } from '../../support/console.ts';
import { folderWith } from '../../support/folder.ts';
import { validates } from '../../support/schemas.ts';

const shipped = ['--profile', 'profiles/three-node'];
const [old, fresh] = ['old', 'new'].map((side) => `test/golden/diff/longer-by-a-second/${side}`) as [string, string];
const small = ['--profile', old];

describe('can a node restart while a VM migrates?', () => {
  test('no: and everything that was looked at is said', async () => {
    const { code, out, err } = await nwctl(['ask', 'node-may-restart open while any vm.migrating', ...shipped]);
    expect(err).toBe('');
    expect(out.replace(/sha256:[0-9a-f]+/, 'DIGEST')).toBe(
      `profiles/three-node: three-node 1.0.0 (signed, not checked, DIGEST)
asked: is there a site with node-may-restart open while some vm: vm.migrating = true?

NO: on no site within 3 nodes, 3 volumes, 9 replicas, 18 connections, 3 VMs is it so
`,
    );
    expect(code).toBe(0);
  });
});

describe('a site that was found', () => {
  const question = 'node-may-restart closed while every node.ready and not any vm.migrating';

  test('is told with the verdicts of whoever judges real sites, and is a capture that `eval` takes', async () => {
    const site = `${folderWith()}/made up`;
    const { code, out } = await nwctl(['ask', question, ...shipped, '--site', site]);
    expect(code).toBe(3);
    expect(out).toContain('YES: on a site of ');
    expect(out).toMatch(/✗ CLOSED {2}node-may-restart\/node-1\n {2}\S+ of \S+ is /);
    expect(out).toContain(`--capture '${site}'`);
    const judged = await nwctl(['eval', ...shipped, '-c', site, '--gate', 'node-may-restart', '-o', 'json']);
    expect(judged.code).toBe(3);
    const { gates } = JSON.parse(judged.out) as { gates: readonly { verdict: string; object: string }[] };
    expect(gates.map(({ object, verdict }) => `${object} ${verdict}`)).toContain('node-1 closed');
    expect(readFileSync(`${site}/facts.yaml`, 'utf8')).toContain(`made up for: ${question}`);
    const again = await nwctl(['ask', question, ...shipped, '--site', site]);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('is there already');
  });

  test('is written only where there is one', async () => {
    const site = `${folderWith()}/none`;
    const { code } = await nwctl(['ask', 'no-vm-moves open while any vm.migrating', ...small, '--site', site]);
    expect(code).toBe(0);
    expect(existsSync(site)).toBe(false);
  });

  test('is the same one each time', async () => {
    const one = await nwctl(['ask', 'node-may-restart open', ...small, '-o', 'json']);
    expect(one.out).toBe((await nwctl(['ask', 'node-may-restart open', ...small, '-o', 'json'])).out);
  });

  test('is named by its gates', async () => {
    const { out } = await nwctl(['ask', 'node-may-restart open', ...small, '-o', 'name']);
    expect(out).toBe('node-may-restart/node-1\n');
  });
});

describe('how far it was looked', () => {
  const question = ['ask', 'no-vm-moves closed while at least 2 vm.migrating', ...small];

  test('is what was asked for', async () => {
    expect((await nwctl(question)).out).toContain('YES: on a site of 3 nodes, 3 bonds and 2 VMs it is so');
    const { code, out } = await nwctl([...question, '--bound', 'vms=1,volumes=0']);
    expect(out).toContain('NO: on no site within 3 nodes, 0 volumes, 0 replicas, 0 connections, 1 VM is it so');
    expect(code).toBe(0);
  });

  test('and when the time is over, nobody is told «no»', async () => {
    const { code, out } = await nwctl([...question, '--budget', '0s']);
    expect(out).toContain('NOT KNOWN: not finished: not even the smallest sites were looked at to the end');
    expect(out).not.toContain('NO:');
    expect(code).toBe(6);
  });

  test('nor when somebody interrupts it', async () => {
    const { code, out } = await nwctl(question, { interrupted: AbortSignal.abort() });
    expect(out).toContain('NOT KNOWN');
    expect(code).toBe(130);
  });
});

describe('one gate follows from another', () => {
  const gate = 'node-may-restart';

  test.each([
    ['itself', [gate, gate, ...small], 0, 'wherever node-may-restart is open, is node-may-restart open?'],
    [
      'a looser one',
      [`${old}#${gate}`, `${fresh}#${gate}`],
      0,
      `wherever ${old}#${gate} is open, is ${fresh}#${gate} open?`,
    ],
    ['a stricter one, which it does not', [`${fresh}#${gate}`, `${old}#${gate}`], 3, `CLOSED  ${old}#${gate}/node-1`],
    ['one of a revision', [`HEAD:${old}#${gate}`, `small/${gate}`, ...small], 0, `HEAD:${old}#${gate}`],
    [
      'one of the site',
      [gate, 'site-is-ready', ...small],
      3,
      'site-is-ready is asked of the site on which the node is',
    ],
  ])('%s', async (_, args, exit, says) => {
    const { code, out, err } = await nwctl(['implies', ...args]);
    expect(err).toBe('');
    expect(code).toBe(exit);
    expect(out).toContain(says);
    expect(out).toContain(
      exit === 0 ? 'YES: on every site within 3 nodes' : 'NO: on a site of 3 nodes and 3 bonds it is not',
    );
  });

  test('the site is the one on which the limit was moved over', async () => {
    const { out } = await nwctl(['implies', `${fresh}#${gate}`, `${old}#${gate}`]);
    expect(out).toContain('node.heartbeatAge = 31s');
    expect(out).toContain(`OPEN  ${fresh}#${gate}/node-1`);
    expect(out).toContain('node.heartbeatAge of node-1 is 31s, must be at most 30s (param.heartbeat)');
  });
});

describe('as data', () => {
  test.each([
    ['a site', ['ask', 'node-may-restart open while node.ready is unknown', ...small], 'example'],
    ['none', ['ask', 'no-vm-moves open while any vm.migrating', ...small], 'none'],
    ['unfinished', ['ask', 'node-may-restart open', ...small, '--budget', '0s'], 'unfinished'],
    ['a gate that does not follow', ['implies', `${fresh}#node-may-restart`, `${old}#node-may-restart`], 'example'],
  ])('%s', async (_, args, answer) => {
    const { out } = await nwctl([...args, '-o', 'json']);
    validates('answer', out);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 'answer/v1', verb: args[0], answer });
  });

  test('a question is told as it was typed and as it was understood', async () => {
    const words = ['no-vm-moves', 'closed', 'while', 'any', 'vm.migrating'];
    const { out } = await nwctl(['ask', ...words, ...small, '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      question: words.join(' '),
      understood: 'is there a site with no-vm-moves closed while some vm: vm.migrating = true?',
      condition: 'some vm: vm.migrating = true',
      gates: [{ side: old, pack: 'small', name: 'no-vm-moves', per: 'site', is: 'closed' }],
      example: { object: 'site', gates: [{ name: 'no-vm-moves', object: 'site', is: 'closed', let: [] }] },
    });
  });
});

describe('a question that is none exits 2, says where, and prints nothing as data', () => {
  test.each([
    [
      'a gate that is not there',
      ['ask', 'node-may-restrt open', ...small],
      'question:1:1: there is no gate `node-may-restrt`',
    ],
    [
      'a fact that is not there',
      ['ask', 'node-may-restart open while any vm.migratin', ...small],
      'did you mean `vm.migrating`?',
    ],
    [
      'no question at all',
      ['ask', 'can a VM move?', ...small],
      'ask it like `node-may-restart open while any vm.migrating`',
    ],
    ['no profile', ['ask', 'node-may-restart open'], 'no profile was given'],
    ['a profile that is not there', ['ask', 'node-may-restart open', '-p', 'profiles/nowhere'], 'does not exist'],
    ['a bound of something else', ['ask', 'node-may-restart open', ...small, '--bound', 'vm=1'], 'did you mean `vms`?'],
    ['a budget that is no time', ['ask', 'node-may-restart open', ...small, '--budget', '60'], 'must be a duration'],
    ['a gate of another kind', ['implies', 'node-may-restart', 'guests-are-still', ...small], 'is asked of a vm'],
    ['a gate without a profile', ['implies', 'node-may-restart', 'site-is-ready'], 'no profile was given'],
    ['a side without a gate', ['implies', `${old}#`, 'site-is-ready', ...small], 'there is no gate ``'],
    ['a side that is not there', ['implies', 'nowhere#node-may-restart', 'site-is-ready', ...small], 'does not exist'],
    [
      'a revision that is not there',
      ['implies', 'nowhen:x#g', 'site-is-ready', ...small],
      'there is no revision `nowhen`',
    ],
  ])('%s', async (_, args, says) => {
    const { code, out, err } = await nwctl(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('what a terminal would obey is shown and not done', async () => {
    const { code, err } = await nwctl(['ask', 'node-may-restart \u001b[31m', ...small]);
    expect(code).toBe(2);
    expect(err).not.toContain('\u001b');
  });
});

test('what can be typed next is a gate, then how it is, then facts', async () => {
  const next = async (...words: readonly string[]) =>
    (await nwctl(['__complete', '--', ...words])).out.split('\n').map((line) => line.split('\t')[0] ?? '');
  expect(await next('ask', ...small, '')).toEqual([
    'node-may-restart',
    'site-is-ready',
    'no-vm-moves',
    'guests-are-still',
    '',
  ]);
  expect(await next('ask', ...small, 'node-may-restart', '')).toEqual(['open', 'closed', 'unknown', 'not', '']);
  expect(await next('ask', ...small, 'node-may-restart', 'open', 'while', 'any', 'vm.mig')).toEqual([
    'vm.migrating',
    'vm.migratable',
    '',
  ]);
  expect(await next('implies', ...small, 'site-is-ready', 'node')).toEqual(['node-may-restart', '']);
});
