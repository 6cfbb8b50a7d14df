/** A row of the table. It matches when each column that it has matches. */
export interface JobCause {
  readonly exitCode?: number;
  /** Matches one of the reasons. */
  readonly reason?: RegExp;
  /** Matches one of the last lines. */
  readonly log?: RegExp;
  /** The event that ended the job, as a clause that follows a colon. */
  readonly happened: string;
  /** The next step of the user, as an imperative sentence without its full stop. */
  readonly next: string;
}

export const MORE_MEMORY = "Raise memory in the demand's resource_requirements";
