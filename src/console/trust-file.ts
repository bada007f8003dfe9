import { formatMoment, parseMoment } from '../capture/moment.ts';
import { error, type Fault, type Loaded } from '../kernel/fault.ts';
import { parseDuration } from '../kernel/value.ts';
import { isUnread } from '../profile/folder.ts';
import {
  type KeyStatement,
  type ProfileRole,
  parseTrust,
  type Role,
  readTrust,
  type TrustFile,
  trustBytesMax,
} from '../profile/trust-file.ts';
import type { PublicKey } from '../signing/keys.ts';
import { decodeText } from '../source/text.ts';
import type { Asked } from './asked.ts';
import { readPublicKeyFile } from './holders.ts';
import type { OptionName } from './options.ts';
import { usage } from './usage.ts';
import type { World } from './world.ts';

/** As it must be to be believed, or in any layout for whoever goes on writing it. */
export function openTrust(path: string, form: 'believed' | 'any', { disk }: World): Loaded<TrustFile> {
  const bytes = disk.read(path);
  if (isUnread(bytes)) {
    const hint =
      bytes.code === 'FILE_MISSING' ? 'name it: --trust FILE; `nwctl trust init SITE` starts one' : undefined;
    return { ok: false, faults: [error(bytes.code, { file: path, line: 1, col: 1 }, bytes.message, hint)] };
  }
  const text = decodeText(path, bytes, trustBytesMax);
  if (!text.ok) return text;
  return form === 'believed' ? parseTrust(text.value) : readTrust(text.value);
}

/** `--now`, else the clock: when something is asked to be believed. */
export function momentToBelieve({ settings }: Asked, { nowMs }: World): Loaded<number> {
  const text = settings.text('now');
  return text === undefined ? { ok: true, value: nowMs(), warnings: [] } : momentOrLater('now', text, nowMs());
}

/** A moment, or so long from now. */
export function momentOrLater(name: OptionName, text: string, nowMs: number): Loaded<number> {
  const later = parseDuration(text.replace(/^\+/, ''));
  const moment = later === undefined ? parseMoment(text) : nowMs + later;
  if (moment !== undefined) return { ok: true, value: moment, warnings: [] };
  return { ok: false, faults: [usage(`--${name} is \`${text}\``, 'write it as 2027-03-04T10:15:02Z, or as 365d')] };
}

/** What the flags say of the next root. */
export interface RootAsked {
  readonly expires: string;
  readonly keys: readonly KeyStatement[];
  readonly rootKeys: readonly string[];
  readonly profileKeys: readonly string[];
  readonly threshold: number | undefined;
  readonly profileThreshold: number | undefined;
  readonly signs: readonly string[];
}

export function rootAsked({ settings }: Asked, world: World): Loaded<RootAsked> {
  const faults: Fault[] = [];
  const nowMs = world.nowMs();
  const taken = <T>(loaded: Loaded<T>): T | undefined => {
    if (loaded.ok) return loaded.value;
    faults.push(...loaded.faults);
    return undefined;
  };
  const moment = (name: OptionName): string | undefined => {
    const text = settings.text(name);
    const ms = text === undefined ? undefined : taken(momentOrLater(name, text, nowMs));
    return ms === undefined ? undefined : formatMoment(Math.floor(ms / 1000) * 1000);
  };
  const number = (name: OptionName): number | undefined => {
    const text = settings.text(name);
    if (text === undefined) return undefined;
    if (/^[1-9]\d?$/.test(text)) return Number(text);
    faults.push(usage(`--${name} is \`${text}\``, 'write a whole number from 1 on'));
    return undefined;
  };
  const keyExpires = moment('key-expires');
  const keys = new Map<string, KeyStatement>();
  const named = (name: OptionName): readonly string[] =>
    settings.list(name).flatMap((path) => {
      const key = taken(readPublicKeyFile(path, world));
      if (key === undefined) return [];
      keys.set(key.id, statementOf(key, path, keyExpires));
      return [key.id];
    });
  const asked: RootAsked = {
    expires: moment('expires') ?? '',
    rootKeys: [...new Set(named('root-key'))],
    profileKeys: [...new Set(named('profile-key'))],
    keys: [...keys.values()],
    threshold: number('threshold'),
    profileThreshold: number('profile-threshold'),
    signs: settings.list('signs'),
  };
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: asked, warnings: [] };
}

/** Whose key it is, the name of its file says. */
function statementOf(key: PublicKey, path: string, expires: string | undefined): KeyStatement {
  const owner = (path.split('/').at(-1) ?? path).replace(/\.(pub|pem)$/, '').slice(0, 120);
  return {
    id: key.id,
    algorithm: key.algorithm,
    ...(owner === '' ? {} : { owner }),
    ...(expires === undefined ? {} : { expires }),
    publicKey: key.pem,
  };
}

/** A role with its keys in order, and as many of them asked for as was said; else as before, as far as there are so many. */
export function roleOf(keys: readonly string[], threshold: number): Role {
  return { threshold, keys: [...new Set(keys)].sort() };
}

export function profileRoleOf(profiles: readonly string[], keys: readonly string[], threshold: number): ProfileRole {
  return { profiles: profiles.length === 0 ? ['*'] : profiles, ...roleOf(keys, threshold) };
}

export function byId(left: KeyStatement, right: KeyStatement): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
