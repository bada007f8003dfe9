import { commandNames, formOf } from './command.ts';
import type { FactValue } from './fact.ts';
import { Foreign, factValue, list, map, only, text, whole } from './fields.ts';
import type { FactRead, Order } from './workflow.ts';

/** One order, as it stands in a status. Throws nothing but `Foreign`. What stands before an agent is read by `crd/agent-status.ts`. */
export function orderOf(json: unknown, at: string): Order {
  const all = map(json, at);
  only(all, `${at}.`, [
    'workflow',
    'step',
    'epoch',
    'node',
    'bootId',
    'object',
    'command',
    'with',
    'confirmWithinMs',
    'dependsOn',
    'givenAtMs',
  ]);
  const command = commandNames.find((name) => name === all.command);
  if (command === undefined) throw new Foreign(`${at}.command`, 'is no command');
  const args: Record<string, FactValue> = Object.create(null);
  for (const [name, value] of Object.entries(map(all.with, `${at}.with`)))
    args[name] = factValue(value, `${at}.with.${name}`);
  for (const name of Object.keys(formOf(command).with)) {
    if (!Object.hasOwn(args, name)) throw new Foreign(`${at}.with.${name}`, 'is missing');
  }
  const step = whole(all.step, `${at}.step`);
  if (step === 0) throw new Foreign(`${at}.step`, 'is 0; the first order has 1');
  return {
    workflow: text(all.workflow, `${at}.workflow`),
    step,
    epoch: whole(all.epoch, `${at}.epoch`),
    node: text(all.node, `${at}.node`),
    bootId: text(all.bootId, `${at}.bootId`),
    object: text(all.object, `${at}.object`),
    command,
    with: args,
    ...(all.confirmWithinMs === undefined
      ? {}
      : { confirmWithinMs: whole(all.confirmWithinMs, `${at}.confirmWithinMs`) }),
    dependsOn: list(all.dependsOn, `${at}.dependsOn`).map((entry, index) =>
      factRead(entry, `${at}.dependsOn.${index}`),
    ),
    givenAtMs: whole(all.givenAtMs, `${at}.givenAtMs`),
  };
}

function factRead(json: unknown, at: string): FactRead {
  const all = map(json, at);
  only(all, `${at}.`, ['fact', 'object', 'value']);
  return {
    fact: text(all.fact, `${at}.fact`),
    object: text(all.object, `${at}.object`),
    value: factValue(all.value, `${at}.value`),
  };
}
