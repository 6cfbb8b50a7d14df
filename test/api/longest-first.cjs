/** Orders the test files for two workers that end at the same time. */
const { default: Sequencer } = require('@jest/test-sequencer');

/** The projects, the one with the longest files first. */
const PROJECTS = ['system', 'aws', 'contract', 'core'];
const rankOf = ({ context }) => PROJECTS.indexOf(context.config.displayName.name);

/** jest begins with the longest files, if it knows their times. On a machine without times, the project tells. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const hasTimes = sorted.some(({ duration }) => duration !== undefined);
    return hasTimes ? sorted : sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
};
