/**
 * The core tests of one room, `MUTATED_ROOM`. scripts/mutation.mjs starts Stryker with it. Stryker knows no jest projects,
 * and the tests of other rooms make each mutant ten times as slow.
 */
const { projects, testTimeout } = require('./jest.config.cjs');

const core = projects.find(({ displayName }) => displayName === 'core');

module.exports = {
  ...core,
  testTimeout,
  testMatch: [`<rootDir>/test/${process.env.MUTATED_ROOM}/**/*.test.ts`],
};
