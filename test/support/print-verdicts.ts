import fc from 'fast-check';
import { snapshotDigest } from '../../src/kernel/snapshot-document.ts';
import { compile } from '../../src/rules/compile.ts';
import { aPack } from './arbitraries.ts';
import { aSite } from './arbitrary-sites.ts';
import { snapshotOf } from './made-site.ts';

/** Run as a program of its own, under whatever environment: what is printed may depend on nothing but the seed. */
const cases = fc.sample(fc.tuple(aPack, aSite), { numRuns: 300, seed: 20_260_304 });
const lines = cases.map(([pack, made]) => {
  const snapshot = snapshotOf(made);
  const { gates, findings, rollup } = compile([pack]).evaluate(snapshot);
  const verdicts = [...gates, ...findings, ...rollup].map(
    ({ objects, truths }) => `${objects.join()}=${truths.join('')}`,
  );
  return `${snapshotDigest(snapshot)} ${verdicts.join(' ')}`;
});
process.stdout.write(`${lines.join('\n')}\n`);
