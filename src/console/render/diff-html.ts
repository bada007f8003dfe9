import { sha256 } from '../../kernel/digest.ts';
import { type Level, levels } from '../../review/change.ts';
import type { Review } from '../../review/review.ts';
import type { Side } from '../../review/side.ts';
import { count } from './count.ts';
import { decisionHtml, structureTable } from './diff-html-changes.ts';
import { sitesHtml, untoldHtml, witnessHtml } from './diff-html-proof.ts';
import { style } from './diff-html-style.ts';
import { corpusWords, levelSays, momentsWords, ofLevel } from './diff-words.ts';
import { Html, html, nothing } from './html.ts';
import { proofWords, untoldOf, witnessesOf } from './proof-words.ts';

/** `diff` as one page that needs nothing else: no script, nothing from elsewhere, and a policy that would refuse both. Everything is
 *  shown; what is long is folded. */
export function diffHtml(review: Review): string {
  const { new: fresh } = review;
  const sections = [
    ...levels.map((level) => sectionOf(level, review)),
    { id: 'any-site', title: 'Any site', of: untoldOf(review.proof).length, body: untoldHtml(review) },
  ].filter(({ of }) => of > 0);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<title>What ${fresh.label} decides otherwise</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>What <code>${fresh.label}</code> decides otherwise</h1>
${summaryHtml(review)}
</header>
${
  sections.length === 0
    ? nothing
    : html`<nav aria-label="Parts"><ul>
${sections.map(({ id, title, of }) => html`<li><a href="#${id}">${title}</a> ${of}</li>\n`)}</ul></nav>
`
}<main>
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title" class="${id}">${title}</h2>
${body}</section>
`,
)}</main>
<footer>
${sitesHtml(review)}<h2 id="sides">The two sides</h2>
${sidesHtml(review)}</footer>
</body>
</html>
`;
  return page.text;
}

/** The page's own style and nothing else: by its digest, since a name that got through as an attribute would be a style too. */
const policy = `default-src 'none'; style-src 'sha256-${Buffer.from(sha256(style), 'hex').toString('base64')}'; base-uri 'none'; form-action 'none'`;

interface Section {
  readonly id: string;
  readonly title: string;
  readonly of: number;
  readonly body: Html;
}

function sectionOf(level: Level, review: Review): Section {
  const decided = ofLevel(review.decisions, level);
  const made = ofLevel(witnessesOf(review), level);
  const written = ofLevel(review.structure, level);
  const of = decided.length + made.length + written.length;
  const all = html`<p class="quiet">${levelSays[level]}</p>
${decided.map(decisionHtml)}${made.map(witnessHtml)}${structureTable(written)}`;
  const body = level === 'routine' ? html`<details><summary>${count(of, 'change')}</summary>\n${all}</details>\n` : all;
  return { id: level, title: level.toUpperCase(), of, body };
}

function summaryHtml(review: Review): Html {
  const { level, corpus, decisions } = review;
  const worst =
    level === undefined
      ? html`<p><span class="pill routine">SAME</span> Nothing is another one.</p>`
      : html`<p><span class="pill ${level}">${level.toUpperCase()}</span> ${levelSays[level]}</p>`;
  const moments = momentsWords(review);
  const none = decisions.length === 0 && corpus.captures.length > 0 ? 'No decision is another one: ' : '';
  return html`${worst}
<ul>
<li>${none}${corpusWords(review)}</li>
${moments === undefined ? nothing : html`<li>${moments}</li>\n`}<li>${proofWords(review.proof)}</li>
${corpus.broken.map(({ capture, faults }) => html`<li class="danger">not judged: <code>${capture}</code>: ${faults[0]?.message ?? ''}</li>\n`)}</ul>`;
}

function sidesHtml({ old, new: fresh }: Review): Html {
  const row = (word: string, { label, signature, profile }: Side): Html =>
    html`<tr><th scope="row">${word}</th><td><code>${label}</code></td><td>${profile.name} ${profile.version}</td><td>${signature}</td><td><code>${profile.digest}</code></td></tr>\n`;
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">side</th><th scope="col">where</th><th scope="col">profile</th><th scope="col">signature</th><th scope="col">digest</th></tr></thead>
<tbody>
${row('old', old)}${row('new', fresh)}</tbody>
</table></div>
`;
}
