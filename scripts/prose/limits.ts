/** Percent of the sentences that may be found at most. */
export const LIMITS = {
  comments: { openings: 1, functionWords: 1 },
  docs: { openings: 1, functionWords: 1 },
} as const;
