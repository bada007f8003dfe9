import type { Capture } from '../../capture/capture.ts';
import { isStated } from '../../capture/stated.ts';
import type { Fault, Place } from '../../kernel/fault.ts';
import type { Signed } from '../../kernel/trust.ts';
import type { Reason } from '../../kernel/verdict.ts';
import type { Profile } from '../../profile/profile.ts';
import { moment } from '../ages.ts';
import type { Data } from './data.ts';

/** Parts that several documents share. Names never change their meaning; what must change gets a new schemaVersion. */

export function faultData({ code, at, message, hint }: Fault): Data {
  return { code, message, hint: hint ?? null, at: placeData(at) };
}

export function placeData({ file, line, col }: Place): Data {
  return { file, line, col };
}

/** `signed by KEYID,… (root N)`, or in capitals that nobody asked for a signature. `unsigned`: it decides nothing. `digits`: of a key's id. */
export function signatureText(signed: Signed, digits = 64): string {
  switch (signed.kind) {
    case 'signed':
      return `signed by ${signed.by.map((id) => id.slice(0, digits)).join(',')} (root ${signed.root.version})`;
    case 'insecure-unsigned':
      return unsignedSaid;
    case 'unsigned':
      return 'unsigned';
  }
}

/** Of a site that somebody made up. */
export const statedSaid = 'stated, not observed';

export const unsignedSaid = 'UNSIGNED (--insecure-unsigned)';

/** `signed` is what a script asks; `signature` is what a person reads. */
export function profileData({ name, version, digest, signed }: Profile): Data {
  return { name, version, digest, signed: signed.kind === 'signed', signature: signatureText(signed) };
}

export function captureData(capture: Capture): Data {
  const { name, digest, takenAtMs, takenBy, requestedBy, complete, hasManifest, missing } = capture;
  return {
    name,
    digest,
    takenAt: takenAtMs === null ? null : moment(takenAtMs),
    takenBy,
    requestedBy: requestedBy ?? null,
    hasManifest,
    stated: isStated(capture),
    complete,
    missing: missing.map(({ what, why }) => ({ what, why })),
  };
}

export function reasonData({ says, fact, object, detail, unknown, at, law, seenAtMs, source }: Reason): Data {
  return {
    says,
    fact,
    object,
    detail,
    unknown,
    seenAt: seenAtMs === undefined || !Number.isFinite(seenAtMs) ? null : moment(seenAtMs),
    source: source ?? null,
    law: law ?? null,
    at: placeData(at),
  };
}
