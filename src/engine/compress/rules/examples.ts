import type { MessageText } from '../messageText.ts';
import type { Rule, Suggestion } from '../rule.ts';
import type { Span } from '../spanSet.ts';
import { similarity, stemsOf } from '../units.ts';

/** As many stay, however alike they are: one example shows no pattern. */
const LEAST = 2;
/** Share of common stems from which an example shows nothing new. */
const ALIKE = 0.6;

/** Examples that are much like one before them: items of a list of examples, and `<example>` elements. */
export const examples: Rule = {
  name: 'examples',
  level: 'aggressive',
  reason: 'shows nothing that an example above does not',
  suggest: (message) =>
    [...elementGroup(message), ...listGroups(message)].flatMap((group) => prune(message, group)),
};

interface Example {
  text: string;
  removal: Span;
  /** It stays, though others are compared with it. */
  parent: boolean;
}

function prune(message: MessageText, group: readonly Example[]): Suggestion[] {
  const kept: ReadonlySet<string>[] = [];
  const found: Suggestion[] = [];
  let left = group.length;
  for (const { text, removal, parent } of group) {
    const stems = stemsOf(text);
    const redundant = !parent && kept.some((other) => similarity(stems, other) >= ALIKE);
    if (redundant && left > LEAST && message.isFree(removal) && message.isUnconditional(removal)) {
      found.push([{ ...removal, text: '' }]);
      left -= 1;
    } else kept.push(stems);
  }
  return found;
}

function elementGroup({ text }: MessageText): Example[][] {
  const found = [...text.matchAll(/<(example(?:[-_]?\d+)?)>([^<]{0,5000})<\/\1>[ \t]*(?:\r?\n)?/gi)];
  return [
    found.map((match) => ({
      text: match[2] ?? '',
      removal: { start: match.index, end: match.index + match[0].length },
      parent: false,
    })),
  ];
}

/** Lists whose line before speaks of examples. */
function listGroups(message: MessageText): Example[][] {
  const groups = new Map<number, Example[]>();
  for (const unit of message.units()) {
    if (unit.kind !== 'item') continue;
    if (unit.first && isAnnounced(message.text, unit.start)) groups.set(unit.block, []);
    groups.get(unit.block)?.push(unit);
  }
  return [...groups.values()];
}

function isAnnounced(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 500), start).trimEnd();
  return /\bexamples?\b/i.test(before.slice(before.lastIndexOf('\n') + 1));
}
