import type { Format } from '../options.ts';
import { type Data, json, yaml } from './data.ts';

/** What a verb has to say, in every form that it knows. Only the one that was asked for is made. */
export interface Forms {
  data(): Data;
  /** One a line, such as other verbs take. */
  names(): readonly string[];
  /** Also for `wide`: how much of it a line shows, `Look` says. */
  text(): string;
  /** For a conversation about a change. */
  markdown?(): string;
  /** One page. */
  html?(): string;
  /** For machines that show results to people. */
  report?(form: Extract<Format, 'junit' | 'sarif' | 'github'>): string;
}

export function inForm(
  format: Format,
  { data, names, text, report = text, markdown = text, html = text }: Forms,
): string {
  switch (format) {
    case 'json':
      return json(data());
    case 'yaml':
      return yaml(data());
    case 'name':
      return names()
        .map((name) => `${name}\n`)
        .join('');
    case 'junit':
    case 'sarif':
    case 'github':
      return report(format);
    case 'markdown':
      return markdown();
    case 'html':
      return html();
    default:
      return text();
  }
}
