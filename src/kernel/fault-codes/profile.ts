import type { Page } from './page.ts';

/** Site profiles, and whom they may be believed from. */
export const profileFaults = {
  PROFILE_PARAMETER: {
    why: 'A parameter is missing although a pack requires it, or its value does not fit the declaration.',
    fix: 'Set it under `parameters:` in profile.yaml.',
  },
  PROFILE_PACK: {
    why: 'The profile names a pack that could not be loaded, twice the same, or none.',
    fix: 'Check the paths under `packs:`.',
  },
  PROFILE_LEGACY_STATE: {
    why: 'The profile maps a word of the legacy DaemonSet to a state that we do not have.',
    fix: '`nwctl facts` lists the states of site.legacyState.',
  },
  PROFILE_LOCK: {
    why: 'A pack drives a workflow, and nothing keeps two of them from working on the site at once.',
    fix: 'Name the Lease that is the site lock under `lock:` in profile.yaml.',
  },
  PROFILE_TOPOLOGY: {
    why: 'The topology contradicts itself.',
    fix: 'Check `atLeast`, `atMost` and the selector.',
  },
  KEY_FORMAT: {
    why: 'The file is no key in PEM: public keys are SPKI, private ones PKCS#8, one a file, each in its one usual form.',
    fix: 'Make keys with `nwctl keygen`, or convert them with `openssl pkey` and `openssl pkcs8 -topk8`.',
  },
  KEY_ALGORITHM: {
    why: 'The key is of another kind than the two that a site may trust.',
    fix: 'Use Ed25519 or ECDSA P-256.',
  },
  KEY_WEAK: {
    why: 'The public key is one of the few points of the curve for which everybody can make signatures, or is written in a second way.',
    fix: 'Nobody has such a key by chance: ask where it came from.',
  },
  KEY_PASSPHRASE: {
    why: 'The private key is encrypted, and the passphrase is missing or another one.',
    fix: 'Give it in a file with --passphrase-file, in NW_PASSPHRASE, or type it where it is asked for.',
  },
  ENVELOPE_FORMAT: {
    why: 'The file is no DSSE envelope in its one form: `payload` and `payloadType`, and `signatures` sorted by key id, each with `keyid` and `sig`.',
    fix: 'Make it with `nwctl sign`.',
  },
  ENVELOPE_TYPE: {
    why: 'The envelope says that it holds something else than what is asked for here, and the signature covers that word.',
    fix: 'Check that it is the file you meant.',
  },
  SIGNATURE_MISSING: {
    why: 'What decides over a site must be signed, and this is not.',
    fix: 'Sign it with `nwctl sign FILE --key KEY`; `--insecure-unsigned` judges a draft.',
  },
  SIGNATURE_WRONG: {
    why: 'A signature is not over these bytes: the payload was altered, or the signature belongs to another document.',
    fix: 'Fetch the file again. If it stays so, ask who signed it; do not use it.',
  },
  SIGNATURE_UNKNOWN_KEY: {
    why: 'A signature is by a key that the trust root does not have. A signature that nobody can check is not passed over.',
    fix: 'Build and sign anew, or let a new root take the key in: `nwctl trust rotate`.',
  },
  SIGNATURE_REPEATED: {
    why: 'One key has signed twice. It would be counted as two by a more careless reader.',
    fix: 'Let another holder sign.',
  },
  SIGNATURE_NOT_ALLOWED: {
    why: 'The key is known, but the trust root does not let it sign this.',
    fix: '`nwctl trust show TRUST` lists who may sign what.',
  },
  SIGNATURE_TOO_FEW: {
    why: 'Fewer keys have signed than the trust root asks for.',
    fix: 'Let more holders sign: `nwctl sign FILE --key KEY` adds one signature.',
  },
  SIGNER_FAILED: {
    why: 'A command that was to sign failed, or gave what is no signature by the key that was named.',
    fix: 'Run the command by hand: it gets the bytes on standard input and prints the raw signature.',
  },
  TRUST_ROOT: {
    why: 'A trust root contradicts itself: a role names keys that there are not, or asks for more of them than it has.',
    fix: 'Let `nwctl trust` write it.',
  },
  TRUST_KEY: {
    why: 'A key of the trust root has another id than its bytes give, stands there twice, or is not what it says it is. One key must not count as two.',
    fix: 'Let `nwctl trust` write it.',
  },
  TRUST_FORM: {
    why: 'The trust file says what it should, but not in the form in which it is written, so that a changed byte would not always show.',
    fix: 'Take the file as `nwctl trust` wrote it; an editor or a formatter may have touched it.',
  },
  TRUST_SKIPS: {
    why: 'A root is not the next after the one before it. Whoever skips one could hide that its keys were taken away.',
    fix: 'Add the roots between them.',
  },
  TRUST_EXPIRED: {
    why: 'The newest root of the trust file has expired, so nobody has said lately whom to believe.',
    fix: 'Make the next root with `nwctl trust rotate` and let its holders sign it.',
  },
  TRUST_ROLLBACK: {
    why: 'The trust file ends before the root that was trusted here already, or has another one in its place.',
    fix: 'Fetch the newest trust file. If two roots have one version, keys were misused: stop and ask their holders.',
  },
  KEY_EXPIRED: {
    why: 'A signature is by a key that has expired. What it signed before does not count any more either: nobody can say when it was signed.',
    fix: 'Sign anew with a valid key.',
  },
  PROFILE_OTHER: {
    why: 'The document is rightly signed, but is the profile of another site or name than is asked for here.',
    fix: 'Check that it is the file you meant.',
  },
  PROFILE_DRAFT: {
    why: 'The folder is not the one that was signed: its profile.sig is of another content, so what was changed since is a draft.',
    fix: 'Sign it anew with `nwctl sign FOLDER --key KEY`; `--insecure-unsigned` judges the draft.',
  },
  PROFILE_ROLLBACK: {
    why: 'The profile is older than the one that was run here. An old signature stays right for ever, so age must be refused.',
    fix: 'To go back, sign the old content under a new version.',
  },
  PROFILE_VERSION_REUSED: {
    why: 'The profile has the version that was run here, and other content. One version must mean one content.',
    fix: 'Give it a new version, and sign it anew.',
  },
  RAN_BOOK: {
    why: 'The memory of what was run here is damaged or of another form. It is never taken for an empty one: then every old version would be let through.',
    fix: 'Find out what happened to it. To begin anew, write one with `nwctl verify --remember NEWFILE` of what is known to have run last.',
  },
} as const satisfies Record<string, Page>;
