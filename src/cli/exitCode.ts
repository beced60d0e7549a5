/** What the command line ends with. */
export const EXIT = {
  passed: 0,
  /** The gate, or without a gate a case, failed. */
  failed: 1,
  /** The person's error: usage, configuration, files. */
  userError: 2,
  /** A deployment that was waited for is paused: a person decides. */
  paused: 3,
  /** A bug of this program. */
  bug: 70,
  /** Stopped by the person; the run can be resumed. */
  interrupted: 130,
} as const;
