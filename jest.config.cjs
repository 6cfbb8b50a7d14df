/**
 * Four projects, by what a test needs. The name of a test file says its project:
 *
 * - `contract`: `test/contract/`, the recorded vectors, on moto's server.
 * - `aws`: `*.aws.test.ts`, the adapters and their callers, on moto's server and versitygw.
 * - `system`: `*.system.test.ts`, the whole system: the built command line, the local API, the packaged service.
 * - `core`: every other `*.test.ts`. It needs no server and no build.
 *
 * `test/projects.test.ts` checks every test file against these rules. `test/localstack/` belongs to `jest.localstack.cjs`.
 */
const shared = {
  testEnvironment: 'node',
  // Python environments and node_modules have tens of thousands of other files. jest does not need to search them.
  roots: ['cli', 'deployment', 'functions', 'local', 'schemas', 'src', 'test'].map(
    (each) => `<rootDir>/${each}`,
  ),
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};

const withServers = {
  globalSetup: '<rootDir>/test/api/start-servers.ts',
  globalTeardown: '<rootDir>/test/api/stop-servers.ts',
};

module.exports = {
  // A test that passes alone must not fail because of the machine's load.
  testTimeout: 120_000,
  // One more worker than cores, because many files wait for servers and clocks. By default jest keeps one core free.
  maxWorkers: require('node:os').availableParallelism() + 1,
  testSequencer: '<rootDir>/test/api/longest-first.cjs',
  projects: [
    {
      ...shared,
      displayName: 'core',
      setupFiles: ['<rootDir>/test/api/without-aws.ts'],
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '\\.(aws|system)\\.test\\.ts$',
        '<rootDir>/test/contract/',
        '<rootDir>/test/localstack/',
      ],
    },
    { ...shared, ...withServers, displayName: 'aws', testMatch: ['<rootDir>/test/**/*.aws.test.ts'] },
    {
      ...shared,
      displayName: 'system',
      testMatch: ['<rootDir>/test/**/*.system.test.ts'],
      globalSetup: '<rootDir>/test/api/build-and-start.ts',
      globalTeardown: '<rootDir>/test/api/stop-servers.ts',
    },
    {
      ...shared,
      ...withServers,
      displayName: 'contract',
      testMatch: ['<rootDir>/test/contract/**/*.test.ts'],
    },
  ],
};
