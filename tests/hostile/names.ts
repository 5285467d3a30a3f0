// Names are text: whatever they hold is shown as it is and never becomes markup, a path, a key or a formula.

import { zipSync } from 'fflate';
import { CONFIG, manifestEntry } from '../support/measured-folder';
import { utf8, type HostileCase } from './case';
import { manifest, measurements } from './measured';

const entry = (changes: object): string =>
  JSON.stringify([{ ...manifestEntry(7), ...changes }, manifestEntry(8)]);
const folder = (name: string, path: string, told: HostileCase['told']): HostileCase =>
  measurements(`name: ${name}`, {}, told, path);
const model = (name: string, text: string): HostileCase =>
  measurements(
    `name: ${name}`,
    { 'exp-config.yaml': CONFIG.replace('meta-llama/Llama-2-70b-hf', JSON.stringify(text)) },
    'read',
  );

/** The zip with `__pr_to__` called `__proto__` in both of its lists; the packer cannot write that name. */
function renamed(zip: Uint8Array): Uint8Array {
  const text = Array.from(zip, (byte) => String.fromCharCode(byte)).join('');
  return Uint8Array.from(text.replaceAll('__pr_to__', '__proto__'), (letter) => letter.charCodeAt(0));
}

export const nameCases: readonly HostileCase[] = [
  folder('a folder of markup', '7-<img src=x onerror=alert(1)>-tp4-general', 'read'),
  folder('a folder that turns the line around', '7-\u202egnp.exe-tp4-general', 'read'),
  folder('a folder with quotes and commas', '7-a"b,c\'d-tp4-general', 'read'),
  folder('a folder of emoji', '7-🦙🦙-tp4-general', 'read'),
  folder('a folder in percent signs', '7-%2e%2e%2f-tp4-general', 'read'),
  folder('a folder that is a formula', '7-=cmd|calc-tp4-general', 'read'),
  folder('a folder with a line break', '7-a\nb-tp4-general', 'read'),
  folder('a folder of 200 letters', `7-${'n'.repeat(200)}-tp4-general`, 'read'),
  folder('a folder called CON', '7-CON', 'read'),
  folder('a folder of dots', '7-...', 'read'),
  folder('a folder of an id and nothing', '7-', 'read'),
  folder('a folder of a bell and an escape', '7-\u0007\u001b[31m', 'read'),
  folder('a folder called __proto__', '__proto__', /No directory found/),
  folder('a folder called constructor', 'constructor', /No directory found/),
  model('a model of markup', '<script>alert(1)</script>'),
  model('a model called __proto__', '__proto__'),
  model('a model called toString', 'toString'),
  model('a model that climbs out', '../../../etc/passwd'),
  model('a model of 10,000 letters', 'm'.repeat(10_000)),
  model('a model of spaces and signs', ' \u00a0\u200b\ufeff '),
  manifest('name: a workload of markup', entry({ workload: '<b onclick=alert(1)>x' }), 'read'),
  manifest('name: a GPU called constructor', entry({ hw: 'constructor' }), 'read'),
  manifest('name: a GPU called __proto__', entry({ hw: '__proto__' }), 'read'),
  manifest('name: a precision of markup', entry({ precision: '"><svg onload=alert(1)>' }), 'read'),
  {
    name: 'name: files called like methods of objects',
    door: 'load',
    files: { hasOwnProperty: 'x: 1\n', valueOf: 'y: 1\n' },
    told: /hasOwnProperty|valueOf/,
  },
  {
    name: 'name: an entry of a zip called __proto__',
    door: 'load',
    files: {
      'x.zip': renamed(
        zipSync({ __pr_to__: utf8('{"polluted": true}'), 'notes.json': utf8('{"title": 1}') }),
      ),
    },
    told: /__proto__/,
  },
];
