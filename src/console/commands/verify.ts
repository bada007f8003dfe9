import { error, type Fault, type Loaded } from '../../kernel/fault.ts';
import type { VerifiedProfile } from '../../profile/profile.ts';
import { openRanBook, type RanBookPort, remember } from '../../profile/ran-book.ts';
import { followRoots, type TrustRoot } from '../../profile/trust-root.ts';
import { isVersion, type RanBefore } from '../../profile/verify.ts';
import { moment } from '../ages.ts';
import type { Asked } from '../asked.ts';
import { plainly } from '../paint.ts';
import { openSigned } from '../profiles.ts';
import { refuse } from '../refuse.ts';
import { type Data, json, yaml } from '../render/data.ts';
import { faultData, profileData } from '../render/parts.ts';
import { momentToBelieve, openTrust } from '../trust-file.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

interface Found {
  readonly root: TrustRoot;
  readonly profile: VerifiedProfile;
}

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const found = await find(asked, world);
  if (found.ok) {
    world.out.write(rendered(found.value, asked));
    return exit.ok;
  }
  const isUsage = found.faults.some(({ code }) => code === 'USAGE');
  // A script that asks gets an answer in the form that it asked for; why stands on standard error as well.
  if (!isUsage && (asked.format === 'json' || asked.format === 'yaml')) {
    const data: Data = { schemaVersion: 'verify/v1', verified: false, faults: found.faults.map(faultData) };
    world.out.write(asked.format === 'json' ? json(data) : yaml(data));
  }
  return refuse(found.faults, asked, world);
}

/** Whether the site would take it: believed, and then read and linked as the site would. */
async function find(asked: Asked, world: World): Promise<Loaded<Found>> {
  const { settings } = asked;
  const [path = ''] = asked.args;
  const trust = settings.text('trust') ?? '';
  const now = momentToBelieve(asked, world);
  const ran = ranAsked(settings.list('ran'));
  const port = portAsked(asked, world);
  const book = port && openRanBook(port);
  const file = openTrust(trust, 'believed', world);
  const root = file.ok ? followRoots(file.value, trust, book?.ok ? book.value.root : null) : file;
  const faults: Fault[] = [];
  for (const loaded of [now, ran, root, book]) if (loaded?.ok === false) faults.push(...loaded.faults);
  if (world.disk.kindOf(path) === 'none') {
    faults.push(error('FILE_MISSING', { file: path, line: 1, col: 1 }, 'does not exist'));
  }
  if (faults.length > 0 || !now.ok || !ran.ok || !root.ok || book?.ok === false) return { ok: false, faults };
  const expect = settings.text('expect');
  const name = expect === undefined ? {} : { name: expect };
  const remembered = book?.value.profiles ?? [];
  const ranBefore = (asks: string) => [...ran.value, ...remembered.filter((one) => one.name === asks)];
  const against = { root: root.value, nowMs: now.value, ranBefore, ...name };
  const loaded = await openSigned(path, { kind: 'signed', against }, world);
  if (!loaded.ok) return loaded;
  const { profile } = loaded.value;
  // What could not be remembered could be gone behind tomorrow.
  const kept = port && (await remember(port, root.value, profile));
  if (kept?.ok === false) return kept;
  if (book?.value.isNew) asked.messages.note(`${port?.file} is new: nothing was remembered before`);
  return { ok: true, value: { root: root.value, profile }, warnings: [] };
}

function portAsked({ settings }: Asked, { disk }: World): RanBookPort | undefined {
  const file = settings.text('remember');
  return file === undefined
    ? undefined
    : { file, read: () => disk.read(file), write: (text) => disk.write(file, text) };
}

function ranAsked(words: readonly string[]): Loaded<readonly RanBefore[]> {
  const ran: RanBefore[] = [];
  for (const word of words) {
    const [, version = '', digest] = /^([^=]*)(?:=(sha256:[0-9a-f]{64}))?$/.exec(word) ?? [];
    if (!isVersion(version)) {
      return { ok: false, faults: [usage(`--ran is \`${word}\``, 'write it as 1.2.0, or as 1.2.0=sha256:…')] };
    }
    ran.push({ version, digest: digest ?? null });
  }
  return { ok: true, value: ran, warnings: [] };
}

function rendered({ root, profile }: Found, { format, look }: Asked): string {
  const { name, version, digest, signed } = profile;
  const ids = signed.kind === 'signed' ? signed.by : [];
  const by = ids.map((id) => ({
    id,
    owner: root.keys.get(id)?.owner,
    algorithm: root.keys.get(id)?.key.algorithm ?? '',
  }));
  switch (format) {
    case 'json':
    case 'yaml': {
      const data: Data = {
        schemaVersion: 'verify/v1',
        verified: true,
        profile: profileData(profile),
        by: by.map(({ id, owner, algorithm }) => ({ keyId: id, owner: owner ?? null, algorithm })),
        root: { site: root.site, version: root.version, digest: root.digest, expires: moment(root.expiresMs) },
      };
      return format === 'json' ? json(data) : yaml(data);
    }
    case 'name':
      return `${name}\n`;
    default:
      return [
        `${look.good(`${look.signs.open} VERIFIED`)}  ${look.strong(plainly(name, look))} ${plainly(version, look)} (signed, ${look.wide ? digest : digest.slice(0, 19)})\n`,
        ...by.map(
          ({ id, owner, algorithm }) =>
            `  signed by ${plainly(owner ?? 'somebody', look)}, ${algorithm} ${look.wide ? id : id.slice(0, 12)}\n`,
        ),
        `  by root ${root.version} of ${plainly(root.site, look)}, which expires ${moment(root.expiresMs)}\n`,
      ].join('');
  }
}
