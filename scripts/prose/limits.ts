/** Percent of the sentences that may be found at most. */
export const LIMITS = {
  comments: { openings: 2.5, functionWords: 3.5 },
  docs: { openings: 1, functionWords: 1 },
} as const;
