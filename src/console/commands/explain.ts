import { type FaultCode, faultCodes } from '../../kernel/fault-codes.ts';
import { hintFor } from '../../rules/suggest.ts';
import type { Asked } from '../asked.ts';
import { unknownName } from '../names.ts';
import { refuse } from '../refuse.ts';
import { json, yaml } from '../render/data.ts';
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
  switch (format) {
    case 'json':
    case 'yaml': {
      const data = { schemaVersion: 'explain/v1', codes: codes.map(({ code, why, fix }) => ({ code, why, fix })) };
      return format === 'json' ? json(data) : yaml(data);
    }
    case 'name':
      return codes.map(({ code }) => `${code}\n`).join('');
    default:
      if (!isOne) {
        const rows = codes.map(({ code, why, fix }) => [code, look.wide ? `${why} ${fix}` : why]);
        return table(look, ['CODE', 'WHAT IT MEANS'], rows);
      }
      return codes
        .map(
          ({ code, why, fix }) =>
            `${look.strong(code)}\n${paragraph(look, '  ', why)}${paragraph(look, '  next: ', fix)}`,
        )
        .join('');
  }
}
