import type { RawTest } from './readTests.ts';

/** A test that is made into cases, with what `defaultTest` says merged in. */
export interface MergedTest extends RawTest {
  /** From 0, in the order of the file. */
  index: number;
  /** Why its cases cannot be run as promptfoo would. */
  unsupported?: string;
  /** Its variables are not final: templates stay as they are, and the cases are not run. */
  draft?: true;
  /** Names of variables that are known only when earlier cases have run: their templates stay for that time. */
  late?: ReadonlySet<string>;
}
