import * as z from 'zod';

/** `line` and `column` count from 1; `path` is relative to the workspace where it lies inside. */
export const location = z.object({ path: z.string(), line: z.int(), column: z.int() });

/** Something wrong in a file that a person wrote. */
export const problem = z.object({
  severity: z.enum(['error', 'warning']),
  /** Stable kebab-case code. */
  code: z.string(),
  message: z.string(),
  location: location.extend({ endLine: z.int().exactOptional(), endColumn: z.int().exactOptional() }),
  remedy: z.string().exactOptional(),
  /** The text that was probably meant in place of the one at `location`. */
  meant: z.string().exactOptional(),
  related: z.array(z.object({ message: z.string(), location })).exactOptional(),
});

/** The place of an error: a file, and within it a line and column where they are known. */
export const errorPlace = z.object({
  path: z.string(),
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
});
