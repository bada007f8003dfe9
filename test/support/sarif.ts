import { readFileSync } from 'node:fs';
import AjvDraft04Module from 'ajv-draft-04';
import formats from 'ajv-formats';

// The package's types say that its default is a module; what is there is the class.
const Ajv = AjvDraft04Module as unknown as typeof AjvDraft04Module.default;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
(formats as unknown as typeof formats.default)(ajv as never, { mode: 'full' });
const valid = ajv.compile(JSON.parse(readFileSync('test/fixtures/forms/sarif-2.1.0-rtm.5.json', 'utf8')) as object);

/** What the schema of SARIF 2.1.0 has against a text; nothing, if it is what the schema asks for. */
export function sarifFaults(text: string): readonly string[] {
  valid(JSON.parse(text));
  return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
