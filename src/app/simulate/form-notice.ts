// What the form tells about something that was handed in, or about a link: texts only.

export interface FormNotice {
  readonly tone: 'bad' | 'warn' | 'info';
  readonly title: string;
  readonly text: string;
  /** The recorded load that is missing here. */
  readonly missing?: string;
  /** What was in the form before was set aside and can come back. */
  readonly hasAside?: boolean;
}

export const asideNotice = (): FormNotice => ({
  tone: 'warn',
  title: 'What you had typed is set aside.',
  text: 'Another configuration took its place in the form.',
  hasAside: true,
});

export const notTakenNotice = (name: string, reason: string): FormNotice => ({
  tone: 'bad',
  title: `${name} was not taken.`,
  text: reason,
});

export const brokenLinkNotice = (reason: string): FormNotice => ({
  tone: 'bad',
  title: 'The link was not opened.',
  text: reason,
});

export const leftOutNotice = (ignored: readonly string[], hasAside: boolean): FormNotice => ({
  tone: 'warn',
  title: 'Part of the link was left out.',
  text: `This version does not know ${ignored.join(', ')}.`,
  hasAside,
});

export const missingLoadNotice = (fingerprint: string, hasAside: boolean): FormNotice => ({
  tone: 'warn',
  title: 'This link shows a view of data that is not on this device',
  text: `(fingerprint ${fingerprint}). Open the trace or the specification that it was made with, or choose another workload.`,
  missing: fingerprint,
  hasAside,
});

export const otherLoadNotice = (name: string, found: string, wanted: string): FormNotice => ({
  tone: 'warn',
  title: `${name} is not the load of the link.`,
  text: `Its fingerprint is ${found}, the link says ${wanted}: results will differ from those of who sent it.`,
});

export const modelNotice = (name: string, file: string): FormNotice => ({
  tone: 'info',
  title: `${file} was taken as ${name}.`,
  text: 'Its facts are kept on this device and stand in Catalogue, too. Choose GPU, TP and a latency model that needs no coefficients of its own.',
});

export const modelNotKeptNotice = (name: string, reason: string): FormNotice => ({
  tone: 'warn',
  title: `${name} is not kept on this device.`,
  text: `${reason} It stays in the form until the page is closed.`,
});
