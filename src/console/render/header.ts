import type { Capture } from '../../capture/capture.ts';
import { isStated } from '../../capture/stated.ts';
import type { Signed } from '../../kernel/trust.ts';
import type { Profile } from '../../profile/profile.ts';
import { moment } from '../ages.ts';
import { type Look, plainly } from '../paint.ts';
import { paragraph } from '../table.ts';
import { signatureText, statedSaid } from './parts.ts';

/** Which profile judged what, and when: above every text that judges. */
export function header(
  { profile, capture, nowMs }: { readonly profile: Profile; readonly capture: Capture; readonly nowMs: number },
  look: Look,
): string {
  return `${profileLine(profile, look)}${captureLines(capture, nowMs, look)}`;
}

export function profileLine({ name, version, digest, signed }: Profile, look: Look): string {
  const shown = look.wide ? digest : digest.slice(0, 'sha256:'.length + 12);
  return `${look.strong(plainly(name, look))} ${plainly(version, look)}, ${signatureShown(signed, look)}, ${shown}\n`;
}

/** Red: what decides here nobody has signed. */
export function signatureShown(signed: Signed, look: Look): string {
  const text = signatureText(signed, look.wide ? 64 : 12);
  return signed.kind === 'signed' ? look.good(text) : signed.kind === 'unsigned' ? look.unsure(text) : look.bad(text);
}

function captureLines(capture: Capture, nowMs: number, look: Look): string {
  const { name, takenAtMs, takenBy, requestedBy, missing, digest } = capture;
  // What nobody saw was taken at no moment, and says itself how old each part of it is.
  const noMoment = isStated(capture) ? '' : 'taken at no recorded moment, so no age is known';
  const taken = [
    takenAtMs === null ? noMoment : `taken ${moment(takenAtMs)}`,
    takenBy === 'unknown' ? '' : `by ${takenBy}`,
    requestedBy === undefined ? '' : `for ${requestedBy}`,
  ];
  const parts = [
    taken.filter((part) => part !== '').join(' '),
    stateOf(capture),
    takenAtMs !== null && nowMs !== takenAtMs ? `judged as of ${moment(nowMs)}` : '',
    look.wide ? digest : '',
  ];
  const lines = [paragraph(look, '', `${name}: ${parts.filter((part) => part !== '').join(', ')}`)];
  const shown = look.wide ? missing : missing.slice(0, 3);
  for (const { what, why } of shown) lines.push(paragraph(look, '  ', `missing: ${what} (${why})`, look.unsure));
  if (shown.length < missing.length)
    lines.push(`  ${look.quiet(`and ${missing.length - shown.length} more missing; -o wide shows all`)}\n`);
  return lines.join('');
}

function stateOf(capture: Capture): string {
  if (isStated(capture)) return statedSaid;
  if (capture.complete) return 'complete';
  return capture.missing.length === 0 ? 'not known to be complete' : `${capture.missing.length} missing`;
}
