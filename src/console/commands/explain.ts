import { type FaultCode, faultCodes } from '../../kernel/fault-codes.ts';
import { hintFor } from '../../source/suggest.ts';
import type { Asked } from '../asked.ts';
import { unknownName } from '../names.ts';
import type { Look } from '../paint.ts';
import { refuse } from '../refuse.ts';
import { inForm } from '../render/form.ts';
import { paragraph, table } from '../table.ts';
import { type ExitCode, exit, type World } from '../world.ts';

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [word] = asked.args;
  const all = Object.keys(faultCodes) as FaultCode[];
  const code = word === undefined ? undefined : all.find((known) => known === word.toUpperCase().replaceAll('-', '_'));
  if (word !== undefined && code === undefined) {
    const hint = hintFor(word, all, `\`${world.calledAs} explain\` lists all`);
    return refuse([unknownName(`there is no code \`${word}\``, hint)], asked, world);
  }
  const codes = (code === undefined ? [...all].sort() : [code]).map((name) => ({ code: name, ...faultCodes[name] }));
  world.out.write(rendered(codes, code !== undefined, asked));
  return exit.ok;
}

type Explained = { readonly code: FaultCode; readonly why: string; readonly fix: string };

function rendered(codes: readonly Explained[], isOne: boolean, { format, look }: Asked): string {
  return inForm(format, {
    data: () => ({ schemaVersion: 'explain/v1', codes: codes.map(({ code, why, fix }) => ({ code, why, fix })) }),
    names: () => codes.map(({ code }) => code),
    text: () => (isOne ? codes.map((code) => explained(code, look)).join('') : listOf(codes, look)),
  });
}

function listOf(codes: readonly Explained[], look: Look): string {
  const rows = codes.map(({ code, why, fix }) => [code, look.wide ? `${why} ${fix}` : why]);
  return table(look, ['CODE', 'WHAT IT MEANS'], rows);
}

function explained({ code, why, fix }: Explained, look: Look): string {
  return `${look.strong(code)}\n${paragraph(look, '  ', why)}${paragraph(look, '  next: ', fix)}`;
}
