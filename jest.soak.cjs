/** `npm run soak`: the soak test alone. It needs the built command line, and no server. */
const { projects } = require('./jest.config.cjs');

const { displayName: _, ...system } = projects.find((project) => project.displayName === 'system');

module.exports = {
  ...system,
  // Sixteen demands at once take minutes for thousands.
  testTimeout: 3_600_000,
  globalSetup: '<rootDir>/test/api/open-shared-folders.ts',
  globalTeardown: '<rootDir>/test/api/remove-shared-folders.ts',
  testMatch: ['<rootDir>/test/soak/*.soak.ts'],
};
