import { bytes, utf16, type HostileCase } from './case';
import { manifest, measurements, stage } from './measured';

const STAGE = 'results/stage_0_lifecycle_metrics.json';
const stageIs = (name: string, content: string | Uint8Array, told: HostileCase['told']): HostileCase =>
  measurements(`JSON: ${name}`, { [STAGE]: content }, told);
const load = (name: string, content: string | Uint8Array, told: HostileCase['told']): HostileCase => ({
  name: `JSON: ${name}`,
  door: 'load',
  files: { 'input.json': content },
  told,
});

const NESTED = 200_000;

export const jsonCases: readonly HostileCase[] = [
  stageIs('empty file', '', /stage_0_lifecycle_metrics\.json/),
  stageIs('white space only', ' \n\t\n', /stage_0_lifecycle_metrics\.json/),
  stageIs(
    'cut off in the middle',
    '{"successes": {"count": 80, "lat',
    /stage_0.*a text is not closed before the file ends/,
  ),
  stageIs('trailing comma', '{"successes": {"count": 80,}}', /line 1, column/),
  stageIs('comment', '{ // note\n "successes": {}}', /line 1/),
  stageIs('single quotes', "{'successes': {}}", /line 1/),
  stageIs('text after the end', '{"successes": {"count": 1}} trailing', /line 1/),
  stageIs('unfinished text', '{"successes": "', /line 1/),
  stageIs('bad escape', '{"successes": "\\q"}', /line 1/),
  stageIs('control character in a text', '{"successes": "a\u0001b"}', /line 1/),
  stageIs('a list where an object belongs', '[]', /stage_0.*object/s),
  stageIs('a number where an object belongs', '7', /stage_0.*object/s),
  stageIs('null', 'null', /stage_0/),
  stageIs('200,000 opening brackets', '['.repeat(NESTED), /stage_0.*(deep|nest|level)/is),
  stageIs(
    '200,000 nested objects',
    `${'{"a":'.repeat(NESTED)}1${'}'.repeat(NESTED)}`,
    /stage_0.*(nest deeper|key successes is missing)/,
  ),
  stageIs('a million opening brackets', '['.repeat(1_000_000), /stage_0.*nest deeper/),
  stageIs(
    'the same key twice',
    '{"successes": {"count": 1}, "successes": 5}',
    /stage_0.*successes: expected an object, found 5/,
  ),
  stageIs('half a surrogate pair', '{"successes": "\\ud800"}', /stage_0.*successes: expected an object/),
  stageIs('a truth value', 'true', /stage_0.*expected an object, found true/),
  stageIs('numbers of other languages', '{"successes": 0x1F}', /stage_0.*line 1, column/),
  measurements('JSON: minus nothing', stage('"count": 80,', '"count": -0,'), /no successful request/),
  measurements(
    'JSON: a count beyond exact numbers',
    stage('"count": 80,', '"count": 9007199254740993,'),
    /successes\.count: expected a whole number/,
  ),
  measurements('JSON: a latency in milliseconds', stage(': 2,', ': 2000,'), 'read'),
  stageIs('bytes that are no UTF-8', bytes([0x7b, 0xff, 0xfe, 0xc0, 0x80, 0x7d]), /stage_0/),
  stageIs('UTF-16', utf16('{"successes": {}}'), /stage_0.*the key successes\.count is missing/),
  stageIs('zero bytes', new Uint8Array(4096), /stage_0.*is no text: it holds zero bytes/),
  stageIs('an executable', bytes([0x7f], 'ELF', new Uint8Array(512)), /stage_0.*is no text/),
  measurements('JSON: NaN', stage(': 2,', ': NaN,'), /NaN is not a number/),
  measurements('JSON: Infinity', stage(': 2,', ': Infinity,'), /Infinity/),
  measurements('JSON: a number beyond all numbers', stage(': 2,', ': 1e999,'), /stage_0/),
  measurements('JSON: 100,000 digits', stage(': 2,', `: ${'9'.repeat(100_000)},`), /stage_0/),
  measurements('JSON: a text as latency', stage(': 2,', ': "2",'), /request_latency\.mean/),
  measurements('JSON: a truth value as latency', stage(': 2,', ': true,'), /request_latency\.mean/),
  measurements('JSON: a list as latency', stage(': 2,', ': [2],'), /request_latency\.mean/),
  measurements(
    'JSON: half a request',
    stage('"count": 80,', '"count": 80.5,'),
    /successes\.count: expected a whole number/,
  ),
  measurements(
    'JSON: __proto__ beside the figures',
    stage(
      '{',
      '{"__proto__": {"count": 1, "polluted": true}, "constructor": {"prototype": {"polluted": true}},',
    ),
    'read',
  ),
  manifest('JSON: a manifest of numbers', '[1, 2, 3]', /instead of an object/),
  manifest(
    'JSON: a manifest entry of prototypes',
    '[{"__proto__": {"id": 7}}]',
    /none is taken \(1 not marked safe\)/,
  ),
  manifest(
    'JSON: a manifest with a million empty lists',
    `[${'[],'.repeat(999_999)}[]]`,
    /entry 20 is a list.*999980 more of its entries are wrong/s,
  ),
  manifest('JSON: a manifest in UTF-16', utf16('[]'), /experiments\.json lists no experiments/),
  load('an object nobody knows', '{"title": "x", "cells": [], "__proto__": {"a": 1}}', /title/),
  load('a list of nulls', '[null, null]', /input\.json/),
  load('an empty object', '{}', /input\.json/),
  load('opening brackets', '['.repeat(NESTED), /input\.json/),
  load('a key of a million letters', `{"${'k'.repeat(1_000_000)}": 1}`, /input\.json/),
  load(
    'requests that are no requests',
    '[{"start_time": "x", "end_time": null, "info": 5}, {"start_time": 1}]',
    /input\.json|record/,
  ),
  load(
    'vLLM arrays of different lengths',
    '{"ttfts": [0.1, 0.2], "itls": [[0.01]], "input_lens": [5, 6, 7], "output_lens": [2], "request_throughput": 1, "duration": 1}',
    /input\.json has no start times/,
  ),
];
