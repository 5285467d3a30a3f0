import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { guidePages, markdownPages } from './scripts/guide-pages.mjs';
import { modelVersion } from './scripts/model-version.mjs';
import { offlineCopy } from './scripts/offline-copy.mjs';
import { singleFile } from './scripts/single-file.mjs';
import { workerText } from './scripts/worker-text.mjs';

// The page is plain static files: relative URLs so that it works from any sub-path; no inlined data: URLs, which the policy
// refuses; everything that scripts read is a module, because the policy allows no connections (docs/privacy.md). In the mode
// `single-file` all of it becomes one HTML file.
export default defineConfig(({ mode }) => {
  const isSingle = mode === 'single-file';
  return {
    base: './',
    publicDir: false,
    plugins: [
      workerText(),
      guidePages(),
      svelte({ extensions: ['.svelte', '.md'], preprocess: [markdownPages] }),
      withoutPolicyInDevelopment(),
      isSingle ? singleFile('plumbline.html') : offlineCopy(),
    ],
    build: {
      target: 'es2023',
      // The oldest browsers with light-dark(), which the theme is written in.
      cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
      assetsInlineLimit: isSingle ? Infinity : 0,
      cssCodeSplit: !isSingle,
      // The texts of workers are the largest files; they load when their place first computes.
      chunkSizeWarningLimit: isSingle ? Infinity : 800,
      modulePreload: isSingle ? false : { polyfill: false },
      outDir: isSingle ? 'dist' : 'dist/page',
      emptyOutDir: !isSingle,
      rolldownOptions: {
        // jsPDF's optional parts, for HTML pages; figures never ask for them.
        external: ['canvg', 'dompurify', 'html2canvas'],
        ...(isSingle ? { output: { codeSplitting: false } } : {}),
      },
    },
    define: { __MODEL_VERSION__: JSON.stringify(modelVersion()) },
  };
});

/** The development server injects styles and talks over a socket, which the page's policy forbids; the build keeps it. */
function withoutPolicyInDevelopment(): Plugin {
  return {
    name: 'without-policy-in-development',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
  };
}
