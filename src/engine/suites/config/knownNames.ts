/** What suites may name. */
export interface KnownNames {
  providers: readonly string[];
  /** Bulkheads. */
  pools: readonly string[];
}
