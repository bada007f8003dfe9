import type { Review } from '../../review/review.ts';
import { heading } from './diff-html-changes.ts';
import { decisionName, placeWords } from './diff-words.ts';
import { type Html, html, nothing } from './html.ts';
import { siteLines } from './made-up-site.ts';
import {
  heldWords,
  lookWords,
  otherWay,
  type ToldWitness,
  untoldOf,
  untoldWords,
  witnessName,
  witnessTurn,
  witnessVerbs,
  witnessWhom,
} from './proof-words.ts';

/** What was proved of any site, as parts of a page. */

export function witnessHtml(told: ToldWitness): Html {
  const { level, witness, slug, lets: through } = told;
  const { lets, held } = witnessVerbs(told);
  const other = otherWay(told);
  const lines = through.map(
    ({ at, says }) => html`<li><code>${says}</code> <span class="quiet">${placeWords(at)}</span></li>\n`,
  );
  const reasons = heldWords(told).map((says) => html`<li><code>${says}</code></li>\n`);
  return html`<article>
${heading(level, witnessName(told), witnessTurn(told))}
<p>${witnessWhom(told)}</p>
<details><summary>the site, what lets it through and what holds it</summary>
<pre>${siteLines(witness.site).map((line) => html`${line}\n`)}</pre>
${lines.length === 0 ? nothing : html`<p>${lets}</p>\n<ul>\n${lines}</ul>\n`}${
  reasons.length === 0 ? nothing : html`<p>${held}</p>\n<ul>\n${reasons}</ul>\n`
}${other === undefined ? nothing : html`<p class="quiet">${other}</p>\n`}<p class="quiet">as a capture: <code>DIR/${slug}</code></p>
</details>
</article>
`;
}

export function untoldHtml({ proof }: Review): Html {
  const lines = untoldOf(proof).map(
    (question) => html`<li><code>${decisionName(question)}</code>: ${untoldWords(question)}</li>\n`,
  );
  return html`<p class="quiet">what is asked otherwise, and no site was found to tell apart</p>
<ul>
${lines}</ul>
`;
}

export function sitesHtml(review: Review): Html {
  const command = lookWords(review);
  return command === undefined
    ? nothing
    : html`<p>Made-up sites: <code>--sites DIR</code> writes them, <code>${command}</code> judges one.</p>\n`;
}
