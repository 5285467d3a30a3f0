/** The text of a bundled worker (scripts/worker-text.mjs). */
declare module '*?worker-text' {
  const text: string;
  export default text;
}
