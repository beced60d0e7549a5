/** Tried again this often, in milliseconds, … */
const PAUSE_MS = 50;
/** … and for this long at most. */
const LIMIT_MS = 15_000;

/** Repeats an assertion on something that the editor does in its own time; rejects with its last failure. */
export async function eventually<T>(assertion: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
