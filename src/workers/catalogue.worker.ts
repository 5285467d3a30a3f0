// The catalogue worker: tables and config.json files become facts here, so that the page never parses them.

import * as Comlink from 'comlink';
import { fail, ok } from '../base/result';
import { loadCatalog } from '../catalog/load-catalog';
import { MAX_CONFIG_CHARACTERS, parseModelConfig } from '../catalog/model-config';
import { evaluateRooflineLoads } from '../engine/roofline-loads';
import { evaluateStepTimes } from '../engine/step-times';
import type { CatalogueApi } from './catalogue-protocol';

let module: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  if (module === undefined) throw new Error('The catalogue worker was asked before it was opened.');
  return module;
}

const api: CatalogueApi = {
  async open({ wasm, catalogTexts }) {
    module = wasm;
    const catalog = loadCatalog(catalogTexts);
    return catalog.ok ? ok(catalog.value) : catalog;
  },

  async readConfig(file, modelName) {
    if (file.size > MAX_CONFIG_CHARACTERS) {
      const message = `${file.name} holds ${file.size} bytes; a config.json has at most ${MAX_CONFIG_CHARACTERS}. Check that it is the right file.`;
      return fail({ code: 'too-large', message, file: file.name });
    }
    let text: string;
    try {
      text = await file.text();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return fail({
        code: 'unreadable-file',
        message: `${file.name} cannot be read (${reason}).`,
        file: file.name,
      });
    }
    return parseModelConfig(text, file.name, modelName);
  },

  async stepTimes(models, batches) {
    const times = evaluateStepTimes(compiled(), models, batches);
    return Comlink.transfer(times, [
      times.stepUs.buffer,
      times.outputTokenUs.buffer,
      times.postDecodeUs.buffer,
      times.queueingUs.buffer,
    ]);
  },

  async loads(model, batches) {
    const loads = evaluateRooflineLoads(compiled(), model, batches);
    return Comlink.transfer(loads, [loads.flops.buffer, loads.bytes.buffer]);
  },
};

Comlink.expose(api);
