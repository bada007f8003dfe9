import { vocabularyVersion } from '../../kernel/vocabulary.ts';
import type { Asked } from '../asked.ts';
import { engineDigest } from '../engine.ts';
import { inForm } from '../render/form.ts';
import { table } from '../table.ts';
import { type ExitCode, exit, type World } from '../world.ts';

/** Documents that we write and read, by the version that stands in them. */
const schemas = {
  'rule-pack': 'v1',
  'edge-profile': 'v1',
  'rule-test': 'v1',
  capture: 'v1',
  facts: 'v1',
  eval: 'v1',
  why: 'v1',
  test: 'v1',
  plan: 'v1',
  'plan-diff': 'v1',
  diff: 'v1',
  'capture-decisions': 'v1',
  'corpus-add': 'v1',
  'corpus-list': 'v1',
  'corpus-check': 'v1',
  'corpus-expire': 'v1',
  replay: 'v1',
  replayed: 'v1',
  'replay-all': 'v1',
  'log-show': 'v1',
  'log-verify': 'v1',
  'log-proof': 'v1',
  sim: 'v1',
} as const;
const apiVersion = 'nodewright.spectrocloud.com/v1alpha1';

export async function run({ format, look }: Asked, world: World): Promise<ExitCode> {
  const { name, version } = ownPackage(world);
  const engine = await engineDigest(world);
  const node = world.runtime;
  const shown = inForm(format, {
    data: () => ({
      schemaVersion: 'version/v1',
      name,
      version,
      engine,
      vocabulary: vocabularyVersion,
      apiVersion,
      schemas,
      node,
      signature: 'unsigned',
    }),
    names: () => [version],
    text() {
      const listed = Object.entries(schemas).map(([schema, of]) => `${schema}/${of}`);
      return table(look, undefined, [
        ['nwctl', `${version} (unsigned)`],
        ['engine', look.wide ? engine : engine.slice(0, 'sha256:'.length + 12)],
        ['vocabulary', vocabularyVersion],
        ['API', apiVersion],
        ['documents', listed.join(' ')],
        ['node', node],
      ]);
    },
  });
  world.out.write(shown);
  return exit.ok;
}

function ownPackage({ disk }: World): { readonly name: string; readonly version: string } {
  const bytes = disk.read(disk.shipped('package.json'));
  if (!(bytes instanceof Uint8Array)) return { name: 'nwctl', version: 'unknown' };
  const { name, version } = JSON.parse(new TextDecoder().decode(bytes)) as { name: string; version: string };
  return { name, version };
}
