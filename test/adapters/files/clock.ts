/** Sets a clock that advances by `ms` milliseconds at each read. `jest.restoreAllMocks()` restores the real clock. */
export function everythingTakes(ms: number): void {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => {
    now += ms;
    return now;
  });
}
