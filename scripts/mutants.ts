import { parseSync, visitorKeys } from 'oxc-parser';

/** One seeded defect: a stretch of a file, and what stands there instead. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** The line as it is written, which together with `change` names the mutant while lines move. */
  readonly code: string;
  readonly change: string;
  readonly replacement: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Operators, and what a tired person would have written instead. */
const slips: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
};

/** Calls that have an opposite. */
const opposites: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  min: 'max',
  max: 'min',
  has: 'delete',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  floor: 'ceil',
};

/** Every place of one file where a small mistake could stand, and the mistakes. Types and imports mean nothing at run
 *  time and are passed over, as are the sentences that people read. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse`);
  const found: Mutant[] = [];
  const starts = lineStarts(text);

  const add = (node: Node, replacement: string, change: string): void => {
    const line = starts.findLastIndex((start) => start <= node.start);
    const code = text.slice(starts[line], starts[line + 1]).trim();
    found.push({ start: node.start, end: node.end, line: line + 1, code, change, replacement });
  };
  const textOf = (node: Node): string => text.slice(node.start, node.end);

  const visit = (node: Node, parent: Node | undefined): void => {
    if (
      node.type.startsWith('TS') &&
      !['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'].includes(node.type)
    ) {
      return;
    }
    if (node.type.startsWith('Import') || node.type === 'ExportAllDeclaration') return;
    mutate(node, parent);
    for (const key of visitorKeys[node.type] ?? []) {
      const child = node[key] as Node | readonly (Node | null)[] | null | undefined;
      for (const one of Array.isArray(child) ? child : [child]) if (one) visit(one, node);
    }
  };

  const mutate = (node: Node, parent: Node | undefined): void => {
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const [left, right] = [node.left as Node, node.right as Node];
        const operator = node.operator as string;
        if (operator === '+' && [left, right].some(isText)) return; // a sentence being put together
        for (const slip of slips[operator] ?? []) {
          add(node, `((${textOf(left)}) ${slip} (${textOf(right)}))`, `${operator} → ${slip}`);
        }
        return;
      }
      case 'UnaryExpression':
        if (node.operator === '!') add(node, textOf(node.argument as Node), '! dropped');
        if (node.operator === '-') add(node, textOf(node.argument as Node), '- dropped');
        return;
      case 'ConditionalExpression':
      case 'IfStatement': {
        const test = node.test as Node;
        // Its own operator turned round is the same mutant.
        if (['===', '!==', '!'].includes(String(test.operator))) return;
        add(test, `!(${textOf(test)})`, 'condition negated');
        return;
      }
      case 'Literal': {
        if (parent?.type === 'Property' && parent.key === node) return;
        if (typeof node.value === 'boolean') add(node, String(!node.value), `${node.value} → ${!node.value}`);
        if (typeof node.value !== 'number') return;
        const others: readonly number[] = { 0: [1], 1: [0, 2], 2: [1, 0] }[node.value] ?? [node.value + 1];
        for (const other of others) add(node, String(other), `${textOf(node)} → ${other}`);
        return;
      }
      case 'ReturnStatement':
        if (node.argument !== null) add(node, ';', 'return dropped');
        return;
      case 'ExpressionStatement':
        if ((node.expression as Node).type === 'Literal') return;
        add(node, ';', 'statement dropped');
        return;
      case 'ContinueStatement':
      case 'BreakStatement':
        if (parent?.type !== 'SwitchCase') add(node, ';', `${textOf(node)} dropped`);
        return;
      case 'ArrayExpression':
        if ((node.elements as unknown[]).length > 0 && parent?.type !== 'TSAsExpression')
          add(node, '[]', 'list emptied');
        return;
      case 'CallExpression': {
        const callee = node.callee as Node;
        const name = callee.type === 'MemberExpression' ? (callee.property as Node) : undefined;
        if (name?.type !== 'Identifier' || callee.computed === true) return;
        const opposite = opposites[name.name as string];
        if (opposite !== undefined) add(name, opposite, `${name.name} → ${opposite}`);
        const object = textOf(callee.object as Node);
        if (['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice', 'trim'].includes(name.name as string)) {
          add(node, object, `.${name.name}(…) dropped`);
        }
        return;
      }
      case 'SwitchCase': {
        const last = (node.consequent as Node[]).at(-1);
        if (last?.type === 'BreakStatement') add(last, ';', 'break dropped');
        return;
      }
    }
  };

  visit(program as unknown as Node, undefined);
  return found;
}

export function applied(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
