import { formOf } from '../kernel/command.ts';
import { error } from '../kernel/fault.ts';
import { shown } from '../source/shown.ts';
import { child, entryOf } from '../source/tree.ts';
import { has } from './link-condition.ts';
import { commandOf } from './link-machine-command.ts';
import type { WrittenState } from './link-machine-state.ts';

/** What a state must say, wherever it stands. A part that was written and could not be linked counts as said: it has been
 *  complained about. INVARIANTS K8, K12. */
export function checkState(state: WrittenState): void {
  const { command, ends, context, name, at, tree } = state;
  if (command === undefined) checkIdle(state);
  else checkStep(state, command);
  if (ends !== undefined) checkEnd(state);
  else if (!has(tree, 'budget')) {
    const message = `\`${shown(name)}\` does not say how long it may take`;
    context.report(error('PACK_NO_BUDGET', at, message, 'add `budget`, or `ends` if the workflow rests there'));
  }
}

/** What belongs to a step, where there is none. */
function checkIdle({ tree, name, context }: WrittenState): void {
  if (has(tree, 'step')) return; // its command is none: the shape has said so
  for (const [key, code, hint] of [
    ['settled', 'PACK_UNSETTLED_STEP', 'what must be seen before it goes on is a gate of its transition'],
    ['undo', 'PACK_UNDO', 'remove it'],
  ] as const) {
    const stray = entryOf(tree, key);
    if (stray === undefined) continue;
    context.report(error(code, stray.keyAt, `\`${shown(name)}\` has no step that \`${key}\` could be of`, hint));
  }
}

function checkStep({ tree, name, at, context }: WrittenState, command: NonNullable<WrittenState['command']>): void {
  const form = formOf(command);
  const step = child(tree, 'step');
  const stepAt = child(step, 'command')?.at ?? at;
  if (form.by === 'agent' && !has(tree, 'settled')) {
    const message = `\`${shown(name)}\` does not say what must be seen before \`${command}\` counts as done`;
    context.report(
      error('PACK_UNSETTLED_STEP', stepAt, message, 'add `settled`: some is none, and an exit code is no proof'),
    );
  }
  const undo = child(tree, 'undo');
  if (undo === undefined && !has(tree, 'pointOfNoReturn')) {
    const message = `\`${shown(name)}\` says neither how \`${command}\` is taken back nor why it cannot be`;
    const hint =
      form.undoneBy === undefined
        ? 'nothing takes it back: add `pointOfNoReturn` with the reason'
        : `add \`undo: {command: ${form.undoneBy}}\`, or \`pointOfNoReturn\``;
    context.report(error('PACK_NO_WAY_BACK', stepAt, message, hint));
  }
  if (form.destructive === true && !has(step ?? tree, 'gates')) {
    const message = `no gate is asked before \`${command}\`, which takes away what a VM may need`;
    context.report(error('PACK_UNGUARDED_STEP', stepAt, message, 'add `gates` to the step'));
  }
  const back = commandOf(undo);
  if (undo === undefined || back === undefined) return;
  const undoAt = child(undo, 'command')?.at ?? undo.at;
  if (back !== form.undoneBy) {
    const hint =
      form.undoneBy === undefined ? 'nothing does: say so with `pointOfNoReturn`' : `\`${form.undoneBy}\` does`;
    context.report(error('PACK_UNDO', undoAt, `\`${back}\` does not take \`${command}\` back`, hint));
  } else if (formOf(back).destructive === true && !has(undo, 'gates')) {
    const message = `no gate is asked before \`${back}\`, which takes away what a VM may need`;
    context.report(error('PACK_UNGUARDED_STEP', undoAt, message, 'add `gates` to the undo'));
  }
}

function checkEnd({ tree, name, context }: WrittenState): void {
  for (const key of ['step', 'goto', 'onFailure', 'takesBack'] as const) {
    const stray = entryOf(tree, key);
    if (stray === undefined) continue;
    context.report(
      error('PACK_STATE_ROLE', stray.keyAt, `\`${shown(name)}\` is an end and has no \`${key}\``, 'remove it'),
    );
  }
}
