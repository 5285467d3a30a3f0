import base from '/work/wt-page/playwright.config';
export default { ...base, testDir: '/work/wt-page/tests/browser', outputDir: '/tmp/pw-out', reporter: [['list']], use: { ...base.use, baseURL: 'http://127.0.0.1:4290/' }, webServer: undefined };
