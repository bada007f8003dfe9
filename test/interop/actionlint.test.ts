import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { action } from '../support/composite-action.ts';
import { folderWith } from '../support/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const hasGo = spawnSync('go', ['version']).status === 0;
// Loud on purpose: what is not run here proves nothing here.
if (!hasGo)
  process.stderr.write('NOT RUN: test/interop, actionlint over our workflows and action.yml: there is no `go`\n');

/** Of the version and with the hashes that test/actionlint/go.mod and go.sum name. It finds shellcheck by itself, where there is one. */
function actionlint(...files: readonly string[]): { readonly code: number | null; readonly says: string } {
  const { status, stdout, stderr } = spawnSync(
    'go',
    ['-C', 'test/actionlint', 'tool', 'actionlint', '-no-color', ...files],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return { code: status, says: stdout + stderr };
}

/** A composite action is no workflow, and actionlint reads of it only what a workflow hands it. Its steps are linted as a workflow's, which has its
 *  inputs: their expressions, their scripts, and whether anything of a stranger's gets into a shell. */
function asWorkflow({ inputs, runs }: typeof action): string {
  const declared = Object.entries(inputs).map(([name, { description }]) => [name, { description, type: 'string' }]);
  return stringify({
    name: 'action.yml as a workflow',
    on: { workflow_call: { inputs: Object.fromEntries(declared) } },
    jobs: { review: { 'runs-on': 'ubuntu-24.04', steps: runs.steps } },
  });
}

function linted(workflow: string): { readonly code: number | null; readonly says: string } {
  const folder = join(folderWith(), '.github', 'workflows');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'one.yml'), workflow);
  return actionlint(join(folder, 'one.yml'));
}

describe.runIf(hasGo)('actionlint', () => {
  test('finds nothing in our workflows, nor in what they hand to our action', () => {
    const folder = join(root, '.github', 'workflows');
    const files = readdirSync(folder).map((name) => join(folder, name));
    expect(files.length).toBeGreaterThan(0);
    expect(actionlint(...files)).toEqual({ code: 0, says: '' });
  });

  test('finds nothing in the steps of action.yml', () => {
    expect(linted(asWorkflow(action))).toEqual({ code: 0, says: '' });
  });

  test('would find what is wrong: an input that is not there, a stranger’s text in a shell', () => {
    const text = asWorkflow(action);
    const typo = linted(text.replaceAll('inputs.fail-on', 'inputs.fail-of'));
    expect(typo).toMatchObject({ code: 1, says: expect.stringContaining('"fail-of" is not defined') });
    // Of two parts, since it is GitHub that would fill it in, and no template of ours.
    const title = `$${'{{ github.event.pull_request.title }}'}`;
    const shell = linted(text.replace('cd "$GITHUB_ACTION_PATH"', () => `echo ${title}`));
    expect(shell).toMatchObject({ code: 1, says: expect.stringContaining('potentially untrusted') });
  });
});
