/** Two projects: `contract` replays recorded vectors, `unit` is everything else. */
const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};

module.exports = {
  globalSetup: '<rootDir>/test/api/start-servers.ts',
  globalTeardown: '<rootDir>/test/api/stop-servers.ts',
  projects: [
    { ...shared, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/contract/', '<rootDir>/test/localstack/'],
    },
  ],
};
