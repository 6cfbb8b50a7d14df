/** Percent of the sentences that may be found at most. */
export const LIMITS = {
  comments: { openings: 12.4, functionWords: 13.5 },
  docs: { openings: 6, functionWords: 4 },
} as const;
