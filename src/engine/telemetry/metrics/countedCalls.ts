import type { Measurement } from './metricBatch.ts';

/** What is known of a span to tell whether its tokens count. */
export interface CountedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  startMs: number;
  hasTokens: boolean;
  use: Measurement | null;
}

interface Node extends CountedSpan {
  children: Node[];
  /** Something below it has tokens. */
  below: boolean;
  /** Its parent is among its descendants, and it began first of them. */
  isHead: boolean;
}

interface Trace {
  nodes: Map<string, Node>;
  /** Those whose parent has not come, by its id. */
  orphans: Map<string, Node[]>;
}

/**
 * Which spans make up the tokens of their traces while they arrive, in whatever order: as `countedSpans` tells it of a whole tree, a span
 * counts only where nothing below it does. One that was counted is taken back when something below it comes.
 */
export class CountedCalls {
  readonly #traces = new Map<string, Trace>();
  readonly #most: number;
  #size = 0;
  #changes = new Map<Node, number>();

  /** `most` spans are remembered; the traces that were asked for longest ago are forgotten first. */
  constructor(most: number) {
    this.#most = most;
  }

  has(traceId: string): boolean {
    return this.#traces.has(traceId);
  }

  add(span: CountedSpan): void {
    const trace = this.#trace(span.traceId);
    if (trace.nodes.has(span.spanId)) return;

    const children = trace.orphans.get(span.spanId) ?? [];
    trace.orphans.delete(span.spanId);
    const node: Node = { ...span, children, below: children.some(hasSome), isHead: false };
    trace.nodes.set(span.spanId, node);
    this.#size += 1;
    if (node.hasTokens && !node.below) this.#change(node, 1);

    const { parentSpanId } = span;
    if (parentSpanId === null) return;
    const parent = parentSpanId === span.spanId ? node : trace.nodes.get(parentSpanId);
    if (!parent) {
      const waiting = trace.orphans.get(parentSpanId);
      if (waiting) waiting.push(node);
      else trace.orphans.set(parentSpanId, [node]);
      return;
    }
    const circle = circleOf(node, trace);
    if (circle) this.#open(circle);
    else {
      parent.children.push(node);
      if (hasSome(node)) this.#cover(parent, trace);
    }
  }

  /** What came to count since it was last asked, and what does not any more. */
  takeChanges(): { counted: Measurement[]; uncounted: Measurement[] } {
    const changes = [...this.#changes];
    this.#changes = new Map();
    const which = (sign: number) =>
      changes.flatMap(([node, by]) => (by === sign && node.use ? [node.use] : []));
    return { counted: which(1), uncounted: which(-1) };
  }

  /** Remembers nothing of what was added; whoever goes on tells it again. */
  clear(): void {
    this.#traces.clear();
    this.#changes = new Map();
    this.#size = 0;
  }

  /** Keeps within its limit, but for the latest trace. What is forgotten must be told again before more of its trace comes. */
  shrink(): void {
    for (const [id, { nodes }] of this.#traces) {
      if (this.#size <= this.#most || this.#traces.size === 1) return;
      this.#traces.delete(id);
      this.#size -= nodes.size;
    }
  }

  #trace(traceId: string): Trace {
    const trace = this.#traces.get(traceId) ?? { nodes: new Map(), orphans: new Map() };
    // The last of the map is the one that was asked for last.
    this.#traces.delete(traceId);
    this.#traces.set(traceId, trace);
    return trace;
  }

  /** Everything above something with tokens repeats them. */
  #cover(from: Node, trace: Trace): void {
    for (let at: Node | undefined = from; at && !at.below; at = parentOf(at, trace)) {
      at.below = true;
      if (at.hasTokens) this.#change(at, -1);
    }
  }

  /** A circle of parents is opened above the span that began first, as in the tree. */
  #open(circle: readonly Node[]): void {
    const head = circle.reduce((first, node) => (isBefore(node, first) ? node : first));
    const from = circle.indexOf(head);
    // From the head's parent, which is the lowest of them now, up to the head.
    const upwards = [...circle.slice(from + 1), ...circle.slice(0, from + 1)];
    head.isHead = true;

    for (const [at, node] of upwards.entries()) {
      const counted = node.hasTokens && !node.below;
      const lower = upwards[at - 1];
      node.children = node.children.filter((child) => !circle.includes(child));
      if (lower) node.children.push(lower);
      node.below = node.children.some(hasSome);
      this.#change(node, Number(node.hasTokens && !node.below) - Number(counted));
    }
  }

  #change(node: Node, by: number): void {
    const sum = (this.#changes.get(node) ?? 0) + by;
    if (sum === 0) this.#changes.delete(node);
    else this.#changes.set(node, sum);
  }
}

function hasSome({ hasTokens, below }: Node): boolean {
  return hasTokens || below;
}

function parentOf({ isHead, parentSpanId }: Node, { nodes }: Trace): Node | undefined {
  return isHead || parentSpanId === null ? undefined : nodes.get(parentSpanId);
}

/** The span and those above it where they lead back to it. */
function circleOf(node: Node, trace: Trace): Node[] | undefined {
  // Only what has something below it can be below itself.
  if (node.children.length === 0 && node.parentSpanId !== node.spanId) return undefined;
  const circle = [node];
  for (let at = parentOf(node, trace); at !== node; at = parentOf(at, trace)) {
    if (!at) return undefined;
    circle.push(at);
  }
  return circle;
}

function isBefore(a: Node, b: Node): boolean {
  return a.startMs < b.startMs || (a.startMs === b.startMs && a.spanId < b.spanId);
}
