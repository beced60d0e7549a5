import type { Edit } from '../edit.ts';
import type { MessageText } from '../messageText.ts';
import { holdsObligation } from '../protectedSpans.ts';
import type { Rule } from '../rule.ts';

/**
 * Bold beginnings of list items, where every item of the list has one: there it is layout, not weight. A list in
 * which only some items are bold keeps them, as does one in which a "never" or "must" is bold, and what is bold
 * within a sentence, and one that is to be filled in.
 */
export const listLeads: Rule = {
  name: 'list-leads',
  level: 'aggressive',
  reason: 'every item of the list is bold',
  suggest: (message) =>
    message.speaksOf('bold')
      ? []
      : lists(message)
          .filter((list) => list.length > 1 && list.every(isLead) && !isSpokenOf(message, list[0]))
          .map(plain),
};

/** The items of each list, by section, indentation and kind of mark: text between items does not end a list. */
function lists(message: MessageText): (RegExpExecArray | null)[][] {
  const found = new Map<string, (RegExpExecArray | null)[]>();
  for (const unit of message.units()) {
    if (unit.kind !== 'item' || message.isShape(unit)) continue;
    const mark = /^([ \t]*)([-*+•]|\d)/.exec(message.text.slice(unit.start, unit.start + 80));
    const key = `${unit.section}:${mark?.[1]}:${mark?.[2]}`.replace(/\d$/, '1');
    const list = found.get(key) ?? [];
    LEAD.lastIndex = unit.start;
    list.push(LEAD.exec(message.text));
    found.set(key, list);
  }

  return [...found.values()];
}

/** `- **Lead**: text`, `1. **Lead.** Text`, or an item that is bold as a whole. */
const LEAD =
  /[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+(?<open>\*\*)(?<lead>[^*\s\n](?:[^*\n]{0,120}[^*\s\n])?)(?<close>\*\*)(?:(?<=[.:!?]\*\*)[ \t]|:|[ \t]+(?:[-–—]|\()|[ \t]*(?=\r?\n|$))/dy;

function isLead(lead: RegExpExecArray | null): lead is RegExpExecArray {
  const words = lead?.groups?.['lead'] ?? '';
  // In capitals it weighs; in small letters it may be a value: "**books** - reviews of books".
  return (
    lead !== null &&
    !/^\p{Ll}|\p{Lu}{2,}[ \t]+\p{Lu}{2,}/u.test(words) &&
    !holdsObligation(words) &&
    !isBlankToFill(lead)
  );
}

/** What announces a list of instructions; "For each error, provide:" announces labels of what is provided. */
const RULES =
  /\b(?:rules?|guidelines?|principles?|practices?|steps?|process|workflows?|phases?|strateg(?:y|ies)|priorit(?:y|ies)|instructions?|requirements?|constraints?|responsibilit(?:y|ies)|expertise|skills?)\b/i;

/** A line before the list may speak of its labels or fields. */
function isSpokenOf(message: MessageText, lead: RegExpExecArray | null | undefined): boolean {
  if (!lead) return true;
  const before = message.text.slice(0, lead.index).trimEnd();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const isAnnounced = /:[*_]{0,3}$/.test(line) && !RULES.test(line);
  return isAnnounced || message.speaksNearby('labels', { start: lead.index, end: lead.index });
}

/** `- **Name**: [the name]` shows what is to be written. */
function isBlankToFill({ input, index }: RegExpExecArray): boolean {
  return /[[\]<>{}]|_{3}|\.{3}|…/.test(
    input.slice(index, input.indexOf('\n', index + 1) + 1 || input.length),
  );
}

function plain(leads: readonly (RegExpExecArray | null)[]): Edit[] {
  return leads.flatMap((lead) => {
    const { open, close } = lead?.indices?.groups ?? {};
    return [open, close].flatMap((place) => (place ? [{ start: place[0], end: place[1], text: '' }] : []));
  });
}
