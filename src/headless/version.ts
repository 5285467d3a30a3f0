// Set by the build (vite.headless.config.ts); absent when the sources run as they are.

declare const __MODEL_VERSION__: string | undefined;

export const VERSION = typeof __MODEL_VERSION__ === 'string' ? __MODEL_VERSION__ : 'unbuilt';
