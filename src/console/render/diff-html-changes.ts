import type { Place } from '../../kernel/fault.ts';
import type { DecisionChange, Level, Occurrence, StructureChange } from '../../review/change.ts';
import { count } from './count.ts';
import { decisionName, objectsOf, placeWords, reasonWords, turnWords, whenWords } from './diff-words.ts';
import { type Html, html, nothing } from './html.ts';

/** Changes over captures and in what is written, as parts of a page. */

export function decisionHtml(change: DecisionChange): Html {
  const { level, causes, on } = change;
  const rows = causes.map(
    ({ was, is, oldAt, newAt }) => html`${partRow('was', was, oldAt)}${partRow('is', is, newAt)}`,
  );
  return html`<article>
${heading(level, decisionName(change), turnWords(change))}
${rows.length === 0 ? nothing : html`<div class="scroll"><table>\n${rows}</table></div>\n`}<details><summary>seen in ${count(on.length, 'place')}</summary>
<ul>
${on.map((seen) => occurrenceHtml(change, seen))}</ul>
</details>
</article>
`;
}

export function heading(level: Level, name: string, turn: string): Html {
  return html`<h3><span class="pill ${level}">${level}</span> <code>${name}</code> ${turn}</h3>`;
}

function partRow(word: string, text: string | null, at: Place): Html {
  const part = text === null ? html`not there` : html`<code>${text}</code>`;
  return html`<tr><th scope="row">${word}</th><td>${part} <span class="quiet">${placeWords(at)}</span></td></tr>\n`;
}

function occurrenceHtml(change: DecisionChange, seen: Occurrence): Html {
  const objects = objectsOf(seen).map((object) => html` <code>${object}</code>`);
  const when = whenWords(seen);
  const reasons = reasonWords(change, seen).map((reason) => html`<li>${reason}</li>`);
  return html`<li><code>${seen.capture}</code>${when === '' ? '' : `, ${when}`}${objects.length === 0 ? '' : ':'}${objects}${
    reasons.length === 0 ? nothing : html`<ul>${reasons}</ul>`
  }</li>
`;
}

export function structureTable(written: readonly StructureChange[]): Html {
  if (written.length === 0) return nothing;
  const rows = written.map(({ kind, name, change, says, oldAt, newAt }) => {
    const at = newAt ?? oldAt;
    return html`<tr><td>${kind}</td><td><code>${name}</code></td><td>${change}</td><td class="long">${says}</td><td class="quiet">${at === null ? '' : placeWords(at)}</td></tr>\n`;
  });
  return html`<div class="scroll"><table>
<caption class="quiet">as it is written</caption>
<thead><tr><th scope="col">kind</th><th scope="col">name</th><th scope="col">change</th><th scope="col">what</th><th scope="col">where</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}
