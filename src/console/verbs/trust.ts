import { formats } from '../options.ts';
import type { Verb } from './verb.ts';

/** What a root is made of, be it the first or the next. */
const rootOptions = ['root-key', 'threshold', 'profile-key', 'profile-threshold', 'signs'] as const;

/** Keys, signatures, and whom a site believes. */
export const trust: readonly Verb[] = [
  {
    name: 'keygen',
    takes: [
      {
        form: '[name]',
        says: 'NAME.key and NAME.pub are written (default nodewright); never over what is there',
        completes: 'path',
      },
    ],
    says: 'make a key to sign with',
    more: 'The private key is PKCS#8, readable by its owner only, and encrypted if there is a passphrase.',
    profile: 'none',
    options: ['algorithm', 'passphrase-file', 'output'],
    formats,
    examples: [{ does: 'a key of your own', args: 'keygen alice' }],
  },
  {
    name: 'build',
    takes: [{ form: '[profile]', says: 'a profile’s folder', completes: 'folder' }],
    says: 'make one canonical document of a profile and its packs: what gets signed',
    more: 'The same profile gives the same bytes (RFC 8785), wherever its files stand.',
    profile: 'draft',
    options: ['profile', 'out'],
    formats: [],
    examples: [{ does: 'a document to sign', args: 'build profiles/three-node -o three-node.json' }],
  },
  {
    name: 'sign',
    takes: [
      {
        form: '<what>',
        says: 'a profile’s folder, a built profile, one that is signed already, or a trust file',
        completes: 'path',
      },
    ],
    says: 'add a signature',
    more: 'Of a folder the envelope is its profile.sig, of X.json it is X.dsse.json; an envelope or a trust file gets one signature more. Only what loads is signed.',
    profile: 'draft',
    options: ['key', 'passphrase-file', 'signer', 'public-key', 'output'],
    formats,
    examples: [
      { does: 'a folder, by a key of your own', args: 'sign my-site --key alice.key' },
      { does: 'a built document', args: 'sign three-node.json --key alice.key' },
      { does: 'by a token', args: "sign three-node.json --signer 'token-sign --slot 3' --public-key token.pub" },
    ],
  },
  {
    name: 'verify',
    takes: [{ form: '<profile>', says: 'a signed profile: a document, or a folder', completes: 'path' }],
    says: 'say whether a site may believe a profile, and who signed it',
    more: 'Exit 2 with a code for each way not to be believed.',
    profile: 'signed',
    options: ['trust', 'expect', 'ran', 'remember', 'now', 'output'],
    formats,
    examples: [
      { does: 'would the site take it?', args: 'verify three-node.dsse.json --trust trust.yaml' },
      { does: 'though it has run 1.2.0?', args: 'verify three-node.dsse.json --trust trust.yaml --ran 1.2.0' },
      { does: 'before it is run, and remembered', args: 'verify my-site --remember /var/lib/nodewright/ran.json' },
    ],
  },
  {
    name: 'trust init',
    takes: [{ form: '<site>', says: 'what the trust is called' }],
    says: 'start a site’s trust: its first root, to be signed by its root keys',
    profile: 'none',
    options: ['trust', ...rootOptions, 'expires', 'key-expires', 'output'],
    formats,
    examples: [
      { does: 'two of three holders', args: 'trust init site-7 --root-key a.pub,b.pub,c.pub --threshold 2' },
      {
        does: 'others sign the profiles',
        args: 'trust init site-7 --root-key a.pub --profile-key ci.pub --signs three-node',
      },
    ],
  },
  {
    name: 'trust rotate',
    takes: [],
    says: 'start the next root: keys come and go, thresholds change, a new moment of expiry',
    more: 'A root that too few have signed yet is changed in its place.',
    profile: 'none',
    options: ['trust', ...rootOptions, 'remove-key', 'expires', 'key-expires', 'output'],
    formats,
    examples: [
      { does: 'one more year', args: 'trust rotate --expires 365d' },
      { does: 'a holder leaves, another comes', args: 'trust rotate --remove-key 3f2a9c --root-key dora.pub' },
    ],
  },
  {
    name: 'trust show',
    takes: [],
    says: 'whom a site believes: roots, keys, who may sign what, until when',
    more: 'Exit 2 if the newest root is not to be believed now.',
    profile: 'none',
    options: ['trust', 'now', 'output'],
    formats,
    examples: [{ does: 'who may sign?', args: 'trust show --trust trust.yaml' }],
  },
];
