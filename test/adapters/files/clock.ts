/** Sets a clock on which every call takes so many milliseconds. `jest.restoreAllMocks()` restores the real clock. */
export function everythingTakes(ms: number): void {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => {
    now += ms;
    return now;
  });
}
