// A configuration as the text of a link: what differs from the reference's defaults, as JSON, deflated, in base64url, with the
// version in front. A link never holds measured values, recorded loads (only their fingerprint), comments, or names of files.

import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { fingerprintText } from '../../base/fingerprint';
import { fail, ok, type Result } from '../../base/result';
import { outsideName, PLACES } from './document/places';
import { DEFAULT_SETTINGS, type FleetSettings, type SettingName } from './setting-table';

const VERSION = 1;
/** Longer links break in mails and chats: a file is offered instead. */
export const MOST_LINK_CHARACTERS = 2000;
/** Against links made to exhaust memory. */
const MOST_READ_CHARACTERS = 32_768;
/** Deflate packs a thousand to one; what unpacks to more is cut off there, and is then no JSON. */
const MOST_UNPACKED_BYTES = 256 * 1024;

export interface LinkContent {
  /** A preset that is no fleet and has no settings. */
  readonly preset?: string;
  readonly settings: FleetSettings;
  /** Keys that this version does not know. */
  readonly ignored: readonly string[];
}

/** The `c` of a link. */
export function encodeLink(settings: FleetSettings, preset?: string): string {
  const given = PLACES.flatMap((place) => {
    const text = settings[place.name];
    if (text === DEFAULT_SETTINGS[place.name] || text.trim() === '') return [];
    if (place.name !== 'workloadSpec') return [[outsideName(place), text]];
    const spec = shareableSpec(text);
    // Refers to the specification as to a recorded load.
    return [spec === undefined ? ['trace-data', fingerprintText(text)] : [outsideName(place), spec]];
  });
  const content = preset === undefined ? Object.fromEntries(given) : { preset };
  return `${VERSION}.${base64Url(deflateSync(strToU8(JSON.stringify(content)), { level: 9 }))}`;
}

/** A specification without comments; undefined when it holds what was measured, or names a folder. */
function shareableSpec(text: string): string | undefined {
  const document = parseDocument(text);
  // What cannot be read cannot be written without its comments either.
  if (document.errors.length > 0) return undefined;
  let isMeasured = false;
  visit(document, {
    Pair(_, { key, value }) {
      const name = isScalar(key) ? String(key.value) : '';
      if (name === 'servegen_data' || name === 'file') isMeasured = true;
      if (name === 'type' && isScalar(value) && value.value === 'empirical') isMeasured = true;
    },
    Node(_, node) {
      if (isMap(node) || isScalar(node) || 'items' in node) {
        node.comment = null;
        node.commentBefore = null;
      }
    },
  });
  document.comment = null;
  document.commentBefore = null;
  return isMeasured ? undefined : document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}

/** What a link holds, or why it cannot be read. */
export function decodeLink(text: string): Result<LinkContent> {
  const [, version = '', body = ''] = /^(\d+)\.([\w-]+)$/.exec(text) ?? [];
  const broken = fail({
    code: 'malformed' as const,
    message:
      'The link is damaged: its configuration cannot be read. Ask for it again, or start from a preset.',
  });
  if (version === '' || text.length > MOST_READ_CHARACTERS) return broken;
  if (Number(version) > VERSION) {
    const message = `The link was made by a newer version of this page (format ${version.slice(0, 8)}; this one reads up to ${VERSION}). Reload the page and open it again.`;
    return fail({ code: 'not-supported', message });
  }
  const content = parseContent(body);
  if (content === undefined) return broken;
  if (typeof content['preset'] === 'string') {
    return ok({ preset: content['preset'], settings: DEFAULT_SETTINGS, ignored: [] });
  }
  const names = new Map(PLACES.map((place) => [outsideName(place), place.name]));
  const settings: Record<SettingName, string> = { ...DEFAULT_SETTINGS };
  const ignored: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const name = names.get(key);
    if (name === undefined || typeof value !== 'string') ignored.push(key);
    else settings[name] = value;
  }
  return ok({ settings, ignored });
}

function parseContent(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(
      strFromU8(inflateSync(bytesOf(body), { out: new Uint8Array(MOST_UNPACKED_BYTES) })),
    );
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    // Not base64, not deflated or not JSON: whatever it is, it is no configuration.
    return undefined;
  }
}

function base64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
