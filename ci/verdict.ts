/** The last step: the exit code of what was found out, after everybody was told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from './inputs.ts';
import type { Result } from './result.ts';

const file = join(text(process.env, 'FOLDER') ?? '.nodewright-review', 'result.json');
const { level, code, fails } = JSON.parse(readFileSync(file, 'utf8')) as Result;
process.stdout.write(`level ${level}, exit code ${code}${fails ? '' : ': advisory, the job passes'}\n`);
process.exitCode = fails ? code : 0;
