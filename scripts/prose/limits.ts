/** Percent of the sentences that may be found at most. */
export const LIMITS = {
  comments: { openings: 11.6, functionWords: 12.7 },
  docs: { openings: 1, functionWords: 1 },
} as const;
