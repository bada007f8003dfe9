import { describe, expect, test } from 'vitest';
import { hostReports } from '../../../src/facts/host.ts';
import { networkctlReport } from '../../../src/facts/networkctl.ts';
import { failedText, fixture, hostText, saidBy } from './host-texts.ts';

const saidOf = (text: string): unknown => saidBy(networkctlReport('node-a', hostText('networkctl.json', text)));
const bond = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Name: 'bond1',
  Type: 'bond',
  AdministrativeState: 'configured',
  ...more,
});
const list = (...Interfaces: readonly unknown[]): string => JSON.stringify({ Interfaces });

describe('what networkd thinks of a bond', () => {
  test.each(['bookworm-252', 'trixie-257'])('as networkctl of %s prints it: the bond, and no other link', (os) => {
    const configured = { 'bond.networkd node-a/bond0': 'configured' };
    expect(saidOf(fixture(`networkctl/list-${os}.json`))).toEqual(configured);
    expect(saidOf(fixture(`networkctl/status-bond0-${os}.json`))).toEqual(configured);
  });
  test.each<[string, string, unknown]>([
    ['a word of it', list(bond({ AdministrativeState: 'failed' })), 'failed'],
    ['nobody’s to manage', list(bond({ AdministrativeState: 'unmanaged' })), 'unmanaged'],
    ['a word that we do not know', list(bond({ AdministrativeState: 'Configured' })), { unreadable: 'Configured' }],
    ['no word', list(bond({ AdministrativeState: 3 })), { unreadable: '3' }],
    ['the same by its other name', list({ Name: 'bond1', Type: 'bond', SetupState: 'linger' }), 'linger'],
    ['two names that agree', list(bond({ SetupState: 'configured' })), 'configured'],
    ['two names that differ', list(bond({ SetupState: 'failed' })), { unreadable: 'both configured and failed' }],
    ['nothing', list(bond({ AdministrativeState: null })), undefined],
    ['two of one name', list(bond(), bond({ AdministrativeState: 'failed' })), undefined],
    ['no bond', list(bond({ Type: 'ether' })), undefined],
    ['a name that no interface has', list(bond({ Name: 'bond1/../lo' })), undefined],
    ['one link alone', JSON.stringify(bond()), 'configured'],
    ['half a reply', '{"Interfaces":[{"Name":"bond1","Ty', undefined],
    ['its table', '  4 bond1 bond routable configured\n', undefined],
    ['a list of nothing', '[]', undefined],
    ['null', 'null', undefined],
  ])('%s', (_, text, value) => {
    const expected = value === undefined ? {} : { 'bond.networkd node-a/bond1': value };
    expect(saidOf(text)).toEqual(expected);
  });
  test('is one more report of the node, and says nothing of what the kernel runs', () => {
    const raw = hostText('networkctl.json', fixture('networkctl/list-bookworm-252.json'), { at: 7 });
    const [report, ...others] = hostReports('node-a', [raw]);
    expect(others).toEqual([]);
    expect(report).toMatchObject({ reporter: 'networkctl', scope: 'node-a', seenAtMs: 7, censuses: [] });
    expect(report?.observations.map(({ fact, source }) => [fact, source])).toEqual([
      ['bond.networkd', 'networkctl on node-a'],
    ]);
  });
  test('is unknown when it was not had', () => {
    expect(networkctlReport('node-a', undefined)).toBeUndefined();
    expect(networkctlReport('node-a', failedText('networkctl.json'))).toBeUndefined();
  });
});
