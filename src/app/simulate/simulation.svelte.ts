// What the Simulate place knows: the chosen preset, the configuration as a form and as a text, and the
// runs. Outlives its screen.

import type { Problem } from '../../base/problem';
import { fingerprintText } from '../../base/fingerprint';
import { calibratedOnText, type CalibratedServer } from '../../domain/calibrated-server';
import { fail, type Result } from '../../base/result';
import type { RunQuestions } from '../../workers/run-questions';
import type { SimulateWorker } from '../../workers/simulate-client';
import type { FleetFacts, ReadLoadAnswer, Scenario, SimulateNames } from '../../workers/simulate-protocol';
import type { FilesInput } from '../../workers/protocol';
import type { StoredModel } from '../catalogue/own-entries';
import { notLoaded, once } from '../own-files';
import { changeDocument, documentOf, withBundle } from './document/edit-document';
import { readDocument } from './document/read-document';
import {
  asideNotice,
  brokenLinkNotice,
  leftOutNotice,
  missingLoadNotice,
  modelNotice,
  notTakenNotice,
  otherLoadNotice,
  type FormNotice,
} from './form-notice';
import { heldLoads } from './held-loads';
import { heldModels } from './held-models';
import { choiceOf, heldServers, isServerChoice } from './held-servers';
import { PRESETS, type Preset } from './presets';
import type { RunOrigin } from './runs/difference';
import { RunList, type ListedRun } from './runs/run-list.svelte';
import { problemsOf, settingOfField, settingsOf } from './settings';
import { scenarioOfOrigin } from './scenario-of-origin';
import { SETTING_NAMES, type FleetSettings, type SettingName } from './setting-table';
import { decodeLink, encodeLink } from './share-link';

export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number | undefined }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** A document that another configuration took the place of, with what its form had started from. */
interface Aside {
  readonly text: string;
  readonly preset: Preset | undefined;
  readonly base: FleetSettings;
}

/** One of the page's own files among those that were handed in: whoever asked keeps or opens it. */
export type OwnFile = Extract<ReadLoadAnswer, { kind: 'run-file' | 'server' | 'model' }>;

/** Typing pauses this long before the tables are asked. */
const CHECK_PAUSE_MS = 150;
const LIVE_PAUSE_MS = 300;
/** A run that is faster than this repeats by itself, at first sight and while live. */
const QUICK_MS = 1000;

export type Later = (run: () => void, ms: number) => () => void;

const FIRST = PRESETS[0];

/** The founding version's run has no settings: the form keeps those of the first preset. */
const startOf = (preset: Preset | undefined): FleetSettings =>
  preset?.start.kind === 'fleet' ? preset.start.settings : settingsOf();

export class SimulationState {
  /** What the form started from: bars mark what differs. */
  #preset = $state.raw<Preset | undefined>(FIRST);
  #base = $state.raw<FleetSettings>(startOf(FIRST));
  #settings = $state.raw<FleetSettings>(startOf(FIRST));
  #text = $state(documentOf(startOf(FIRST)));
  #textProblem = $state.raw<Problem | undefined>();
  #checked = $state.raw<Result<FleetFacts | undefined> | undefined>();
  #state = $state.raw<RunState>({ kind: 'idle' });
  /** Finished runs; the shown one stays while a newer one is made. */
  readonly runs = new RunList();
  #questions = $state.raw<RunQuestions | undefined>();
  #notice = $state.raw<FormNotice | undefined>();
  #isLive = $state(false);
  #isReading = $state(false);
  #isLong = $state(false);
  #names = $state.raw<SimulateNames>({ models: [], gpus: [], workloads: [] });
  #servers = $state.raw<readonly CalibratedServer[]>([]);
  #models = $state.raw<readonly StoredModel[]>([]);
  #aside: Aside | undefined;
  #worker: () => Promise<Result<SimulateWorker>>;
  #cancelCheck: (() => void) | undefined;
  #cancelLive: (() => void) | undefined;
  #wasOpened = false;
  #address: string | undefined;
  #lastMs = $state<number | undefined>();

  constructor(
    start: () => Promise<Result<SimulateWorker>>,
    private readonly later: Later,
  ) {
    this.#worker = once(start);
  }

  /** What the form started from; absent for a link's configuration. */
  get preset(): Preset | undefined {
    return this.#preset;
  }

  /** The founding version's run, which has no settings. */
  get classic(): Extract<Scenario, { kind: 'classic' }> | undefined {
    const start = this.#preset?.start;
    return start?.kind === 'classic' ? start : undefined;
  }

  get settings(): FleetSettings {
    return this.#settings;
  }

  /** The document as typed; the settings are those of its last valid version. */
  get text(): string {
    return this.#text;
  }

  get textProblem(): Problem | undefined {
    return this.#textProblem;
  }

  get state(): RunState {
    return this.#state;
  }

  get names(): SimulateNames {
    return this.#names;
  }

  /** What may be asked about finished runs; undefined until the worker has started. */
  get questions(): RunQuestions | undefined {
    return this.#questions;
  }

  /** Calibrated servers on this device. */
  get servers(): readonly CalibratedServer[] {
    return this.#servers;
  }

  /** The one that is chosen as the latency model. */
  get server(): CalibratedServer | undefined {
    const { latencyModel } = this.#settings;
    return this.#servers.find((server) => choiceOf(server) === latencyModel);
  }

  setServers(servers: readonly CalibratedServer[]): void {
    heldServers.hold(servers);
    this.#servers = servers;
    // A link may have named one before it was known here.
    if (isServerChoice(this.#settings.latencyModel)) this.#check();
  }

  /** Models by the reader's own config.json. */
  get models(): readonly StoredModel[] {
    return this.#models;
  }

  setModels(models: readonly StoredModel[]): void {
    heldModels.hold(models);
    this.#models = models;
    // The form may name one that was not known here before.
    if (heldModels.facts(this.#settings.model) !== undefined) this.#check();
  }

  get notice(): FormNotice | undefined {
    return this.#notice;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** True for a run that has lasted for so long that one may have gone elsewhere. */
  get isLong(): boolean {
    return this.#isLong;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  /** How long the last simulation took. */
  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  /** What the tables make of the settings. */
  get facts(): FleetFacts | undefined {
    return this.#checked?.ok === true ? this.#checked.value : undefined;
  }

  /** Settings that differ from what the form started from. */
  get changed(): readonly SettingName[] {
    if (this.classic !== undefined) return [];
    return SETTING_NAMES.filter((name) => this.#settings[name] !== this.#base[name]);
  }

  /** What is wrong, by setting; the tables' answer counts where the text alone is right. */
  get problems(): ReadonlyMap<SettingName, string> {
    // No $derived: this object outlives the screen that made it.
    return problemsOf(this.#settings, this.#checked?.ok === false ? this.#checked.error : undefined);
  }

  /** The tables' refusal that belongs to no field. */
  get generalProblem(): string | undefined {
    const checked = this.#checked;
    return checked?.ok === false && settingOfField(checked.error.field) === undefined
      ? checked.error.message
      : undefined;
  }

  /** What a link to this configuration holds. */
  get link(): string {
    return this.classic === undefined ? encodeLink(this.#settings) : encodeLink(this.#base, this.#preset?.id);
  }

  /** The same, to be put into the address: from there it is not opened again over later changes. */
  linkForAddress(): string {
    this.#address = this.link;
    return this.#address;
  }

  /** @param link the `c` of the address, if it has one. */
  async open(link: string | undefined): Promise<void> {
    const isFirst = !this.#wasOpened;
    this.#wasOpened = true;
    if (link !== undefined) this.useLink(link);
    const worker = await this.#started();
    if (!worker.ok) {
      this.#state = { kind: 'failed', problem: worker.error };
      return;
    }
    const { models, gpus, workloads } = worker.value;
    this.#names = { models, gpus, workloads };
    this.#check();
    if (isFirst && this.#state.kind === 'idle' && this.runs.all.length === 0) await this.#runIfQuick();
  }

  choose(id: string): void {
    const preset = PRESETS.find((candidate) => candidate.id === id);
    if (preset === undefined) return;
    const isAside = this.#textProblem !== undefined && this.#setAside();
    this.#preset = preset;
    this.#notice = isAside ? asideNotice() : undefined;
    this.#start(startOf(preset));
  }

  /** The document that another one took the place of. */
  bringBack(): void {
    const aside = this.#aside;
    if (aside === undefined) return;
    this.#aside = undefined;
    this.#notice = undefined;
    this.#preset = aside.preset;
    this.#base = aside.base;
    this.editText(aside.text);
  }

  #setAside(): boolean {
    if (this.classic !== undefined) return false;
    this.#aside = { text: this.#text, preset: this.#preset, base: this.#base };
    return true;
  }

  /** Typed and not run: neither the address nor another entry of the history has it. */
  get #isUnsaved(): boolean {
    return (
      this.#textProblem !== undefined ||
      (this.#address !== undefined && this.link !== this.#address) ||
      this.#text !== documentOf(this.#settings)
    );
  }

  change(name: SettingName, text: string): void {
    if (this.#textProblem !== undefined || this.classic !== undefined) return;
    this.#text = changeDocument(this.#text, name, text);
    this.#take({ ...this.#settings, [name]: text });
  }

  /** Back to what the form started from. */
  reset(name: SettingName): void {
    this.change(name, this.#base[name]);
  }

  editText(text: string): void {
    this.#text = text;
    const read = readDocument(text);
    this.#textProblem = read.ok ? undefined : read.error;
    if (read.ok) this.#take(read.value);
  }

  /** Opens a link's configuration; what is wrong with it is told. */
  useLink(link: string): void {
    if (link === this.#address || link === this.link) return;
    const isUnsaved = this.#isUnsaved;
    this.#address = link;
    const content = decodeLink(link);
    if (!content.ok) {
      this.#notice = brokenLinkNotice(content.error.message);
      return;
    }
    const { preset, settings, ignored } = content.value;
    const isAside = isUnsaved && this.#setAside();
    if (preset !== undefined) {
      this.choose(preset);
      if (isAside) this.#notice = asideNotice();
      return;
    }
    this.#preset = PRESETS.find(
      ({ start }) => start.kind === 'fleet' && encodeLink(start.settings) === encodeLink(settings),
    );
    this.#start(settings);
    const missing = this.#missingLoad;
    if (missing !== undefined) this.#notice = missingLoadNotice(missing, isAside);
    else if (ignored.length > 0) this.#notice = leftOutNotice(ignored, isAside);
    else this.#notice = isAside ? asideNotice() : undefined;
  }

  /**
   * A specification, a policy bundle or a recorded load that was handed in; read in the worker. The answer is a file of another
   * kind, which the form does not take by itself.
   */
  async readFiles(input: FilesInput): Promise<OwnFile | undefined> {
    const wanted = this.#missingLoad;
    this.#isReading = true;
    const worker = await this.#started();
    const answer = worker.ok ? await worker.value.readLoad(input) : worker;
    this.#isReading = false;
    if (!answer.ok) {
      this.#notice = notTakenNotice(input.name, answer.error.message);
      return undefined;
    }
    this.#notice = undefined;
    const { value } = answer;
    switch (value.kind) {
      case 'run-file':
      case 'server':
      case 'model':
        return value;
      case 'spec':
        this.useSpec(value.yaml);
        this.#tellOther(wanted, value.name, fingerprintText(value.yaml.trimEnd()));
        break;
      case 'document':
        this.#openDocument(value.yaml);
        break;
      case 'bundle':
        this.editText(withBundle(this.#fleetText(), value.yaml));
        break;
      case 'recorded':
        heldLoads.add({ ...value, input });
        this.#useLoad({ recordedLoad: value.fingerprint, workloadSpec: '' });
        this.#tellOther(wanted, value.name, value.fingerprint);
    }
    return undefined;
  }

  /** A calibrated server together with the model and the GPUs that it is for. */
  useServer(server: CalibratedServer): void {
    const [model = ''] = server.models;
    this.useSettings({
      latencyModel: choiceOf(server),
      model,
      hardware: server.gpu,
      tp: String(server.tp),
      blockSizeTokens: String(server.blockSizeTokens),
    });
  }

  /** A model of the reader's own in the form. @param file that it came from. */
  useModel(name: string, file: string): void {
    this.useSettings({ model: name });
    this.#notice = modelNotice(name, file);
  }

  /** Something that was handed in and could not be kept or opened. */
  tell(notice: FormNotice): void {
    this.#notice = notice;
  }

  /** Fingerprint of the load that the form names and this page does not hold. */
  get #missingLoad(): string | undefined {
    const { recordedLoad } = this.#settings;
    return recordedLoad === '' || heldLoads.get(recordedLoad) !== undefined ? undefined : recordedLoad;
  }

  /** Says so when the files are not those that a link was made with. */
  #tellOther(wanted: string | undefined, name: string, found: string): void {
    if (wanted !== undefined && wanted !== found) this.#notice = otherLoadNotice(name, found, wanted);
  }

  /** A specification's text, as Convert and Validate hand it over. */
  useSpec(yaml: string): void {
    this.#useLoad({ workloadSpec: yaml.trimEnd(), recordedLoad: '' });
  }

  /** Several settings at once, as one step of the text. */
  useSettings(changes: Partial<FleetSettings>): void {
    if (this.classic !== undefined) this.choose(FIRST?.id ?? '');
    let text = this.#fleetText();
    for (const [name, value] of Object.entries(changes) as [SettingName, string][]) {
      text = changeDocument(text, name, value);
    }
    this.editText(text);
  }

  dismissNotice(): void {
    this.#notice = undefined;
  }

  setLive(isLive: boolean): void {
    this.#isLive = isLive;
    if (isLive) this.#runSoon();
  }

  /** Puts the form back to where a run was started from. */
  restore({ presetId, settings }: RunOrigin): void {
    const preset = PRESETS.find(({ id }) => id === presetId);
    this.#preset = preset;
    this.#notice = undefined;
    this.#start(
      settings ?? startOf(preset),
      preset?.start.kind === 'fleet' ? preset.start.settings : undefined,
    );
  }

  /** Puts the form to a configuration and runs it; the finished run, or nothing when there is none. */
  async runFrom(origin: RunOrigin): Promise<ListedRun | undefined> {
    if (this.#state.kind === 'running') return undefined;
    this.restore(origin);
    const before = this.runs.current;
    await this.run();
    return this.runs.current === before ? undefined : this.runs.current;
  }

  async run(): Promise<void> {
    if (this.#state.kind === 'running') return;
    this.#cancelLive?.();
    const origin = this.#origin();
    const scenario = scenarioOfOrigin(origin);
    if (!scenario.ok) {
      this.#state = { kind: 'failed', problem: scenario.error };
      return;
    }
    this.#state = { kind: 'running', done: 0, total: undefined };
    const { label } = this;
    const cancelLong = this.later(() => (this.#isLong = true), QUICK_MS);
    const worker = await this.#started();
    const outcome = worker.ok
      ? await worker.value.run(scenario.value, (done, total) => {
          if (this.#state.kind === 'running') this.#state = { kind: 'running', done, total };
        })
      : worker;
    cancelLong();
    this.#isLong = false;
    if (outcome.ok) {
      this.runs.finish({ label, origin, run: outcome.value });
      this.#lastMs = outcome.value.elapsedMs;
      this.#state = { kind: 'idle' };
    } else {
      this.#state =
        outcome.error.code === 'cancelled' ? { kind: 'idle' } : { kind: 'failed', problem: outcome.error };
    }
  }

  async stop(): Promise<void> {
    this.#cancelLive?.();
    const worker = await this.#started();
    if (worker.ok) await worker.value.cancel();
  }

  /** How a run of these settings is called. */
  get label(): string {
    const name = this.#preset?.label ?? 'Own settings';
    const { server } = this;
    const mark = server === undefined ? '' : `, ${calibratedOnText(server)}`;
    return `${name}${this.changed.length === 0 ? '' : `, ${this.changed.length} changed`}${mark}`;
  }

  #fleetText(): string {
    return this.classic === undefined && this.#textProblem === undefined
      ? this.#text
      : documentOf(this.#settings);
  }

  #openDocument(yaml: string): void {
    this.#preset = undefined;
    this.editText(yaml);
    if (this.#textProblem === undefined) this.#base = this.#settings;
  }

  #useLoad(changes: Partial<FleetSettings>): void {
    this.useSettings({ ...changes, workload: '' });
  }

  #origin(): RunOrigin {
    return {
      presetId: this.#preset?.id,
      settings: this.classic === undefined ? this.#settings : undefined,
    };
  }

  #start(settings: FleetSettings, base = settings): void {
    this.#base = base;
    this.#text = documentOf(settings);
    this.#textProblem = undefined;
    this.#take(settings);
  }

  #take(settings: FleetSettings): void {
    this.#settings = settings;
    this.#cancelCheck?.();
    this.#cancelCheck = this.later(() => this.#check(), CHECK_PAUSE_MS);
    if (this.#isLive) this.#runSoon();
  }

  #check(): void {
    const scenario = scenarioOfOrigin(this.#origin());
    if (!scenario.ok) {
      this.#checked = scenario;
      return;
    }
    void this.#started().then(async (worker) => {
      if (!worker.ok) return;
      const asked = this.#settings;
      const checked = await worker.value.check(scenario.value);
      // The reader has typed on.
      if (asked === this.#settings) this.#checked = checked;
    });
  }

  #runSoon(): void {
    this.#cancelLive?.();
    this.#cancelLive = this.later(() => {
      if (this.#state.kind === 'running') this.#runSoon();
      else if ((this.#lastMs ?? 0) < QUICK_MS && this.problems.size === 0) void this.run();
    }, LIVE_PAUSE_MS);
  }

  /** The first sight shows a result when that takes no second; otherwise it asks. */
  async #runIfQuick(): Promise<void> {
    const cancel = this.later(() => void this.stop(), QUICK_MS);
    const settings = this.#settings;
    await this.run();
    cancel();
    // A first sight is no place for a failure that nobody asked for; the field says what is wrong.
    if (this.#state.kind === 'failed' && settings === this.#settings) this.#state = { kind: 'idle' };
  }

  async #started(): Promise<Result<SimulateWorker>> {
    try {
      const worker = await this.#worker();
      if (worker.ok) this.#questions = worker.value.questions;
      return worker;
    } catch (error) {
      return fail(notLoaded(error));
    }
  }
}
