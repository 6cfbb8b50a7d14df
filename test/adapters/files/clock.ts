/** A clock on which everything takes so many milliseconds; `jest.restoreAllMocks()` gives the real one back. */
export function everythingTakes(ms: number): void {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => {
    now += ms;
    return now;
  });
}
