/** The rooms: who may import whom. The table is in docs/style.md of the house and in CONTRIBUTING.md. */
const pureLibraries = ['zod', 'decimal\\.js', 'temporal-polyfill', 'chinese-days'];
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment:
        'domain/ knows no AWS, no clock, no I/O: only itself, pure libraries, and node:crypto for digests.',
      severity: 'error',
      from: { path: '^domain/' },
      to: {
        pathNot: ['^domain/', '^(node:)?crypto$', `node_modules/(${pureLibraries.join('|')})/`],
      },
    },
    {
      name: 'capabilities-apart',
      comment: 'A capability imports domain/ and functions/platform, never another capability.',
      severity: 'error',
      from: { path: '^functions/(?!platform/)([^/]+)/' },
      to: { path: '^functions/', pathNot: ['^functions/platform/', '^functions/$1/'] },
    },
    {
      name: 'functions-stay-deployable',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(lib|local|test|console)/' },
    },
    {
      name: 'platform-below-capabilities',
      severity: 'error',
      from: { path: '^functions/platform/' },
      to: { path: '^functions/(?!platform/)' },
    },
    {
      name: 'lib-names-handlers-by-path',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(domain|functions|local|test|console)/' },
    },
    {
      name: 'local-never-imports-tests',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(test|console)/' },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^(domain|functions|local)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'shipped-code-uses-no-dev-packages',
      severity: 'error',
      from: { path: '^(domain|functions)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
