/** `npm run test:localstack`: the tests that run on LocalStack. They need none of the servers of the other tests. */
const { projects, ...settings } = require('./jest.config.cjs');

const { displayName: _, ...system } = projects.find((project) => project.displayName === 'system');

module.exports = {
  ...settings,
  ...system,
  globalSetup: '<rootDir>/test/api/open-shared-folders.ts',
  globalTeardown: '<rootDir>/test/api/remove-shared-folders.ts',
  testMatch: [
    '<rootDir>/test/scenarios/{api,file-systems}.system.test.ts',
    '<rootDir>/test/localstack/**/*.test.ts',
  ],
};
