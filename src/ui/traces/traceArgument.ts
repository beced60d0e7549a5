/** A trace that a command was given, and the span in it that is meant. */
export interface TraceArgument {
  traceId: string;
  spanId?: string;
}

/** What a command was given, checked: a node of the view, an id, or what a link says. Undefined for anything else. */
export function readTraceArgument(given: unknown): TraceArgument | undefined {
  if (typeof given === 'string')
    return given.trim() === '' ? undefined : { traceId: given.trim().toLowerCase() };
  if (typeof given !== 'object' || given === null) return undefined;
  const { traceId, spanId } = given as { [name: string]: unknown };
  if (typeof traceId !== 'string' || traceId === '') return undefined;
  return { traceId, ...(typeof spanId === 'string' ? { spanId } : {}) };
}

/** The nodes that a command of a tree's menu means: all that are selected where the clicked one is among them. */
export function readTraceArguments(given: unknown, selected: unknown): TraceArgument[] {
  const all = Array.isArray(selected) && selected.length > 0 ? selected : [given];
  return all.flatMap((each) => readTraceArgument(each) ?? []);
}
