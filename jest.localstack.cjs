/** `npm run test:localstack`: what runs on LocalStack, and needs none of the servers of the other tests. */
const { projects } = require('./jest.config.cjs');

const { displayName, testPathIgnorePatterns, ...shared } = projects.find(
  (project) => project.displayName === 'unit',
);

module.exports = {
  ...shared,
  testMatch: [
    '<rootDir>/test/scenarios/{api,file-systems}.test.ts',
    '<rootDir>/test/localstack/**/*.test.ts',
  ],
};
