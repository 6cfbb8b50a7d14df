/**
 * Four projects, by what a test needs. The name of a test file says its project:
 *
 * - `contract`: `test/contract/`, the recorded vectors, on moto's server.
 * - `aws`: `*.aws.test.ts`, the adapters and what stands on them, on moto's server and versitygw.
 * - `system`: `*.system.test.ts`, the parts put together: the built command line, the local API, the packaged service.
 * - `core`: every other `*.test.ts`. It needs no server and no build.
 *
 * `test/projects.test.ts` holds every test file to this. `test/localstack/` belongs to `jest.localstack.cjs`.
 */
const shared = {
  testEnvironment: 'node',
  // Python environments and node_modules hold tens of thousands of files that jest need not know.
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
  testTimeout: 60_000,
  // jest leaves a core to itself, which is half of a small machine.
  maxWorkers: Math.max(2, require('node:os').availableParallelism() - 1),
  projects: [
    {
      ...shared,
      displayName: 'core',
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
