/** Names under which models write down their thoughts before an answer. */
const NAMES = 'think|thinking|thoughts?|reasoning|reflection|scratchpad|analysis|seed:think';

const OPENING = new RegExp(`[<◁](${NAMES})[>▷]`, 'gi');
/** Templates put the opening tag into the question: everything before a closing one is a thought. */
const CLOSED = new RegExp(`^[\\s\\S]*[<◁]/(?:${NAMES})[>▷]`, 'i');

/** The channels of OpenAI's open models, where a server leaves their marks in the text. */
const CHANNEL = /<\|channel\|>/;
const FINAL_CHANNEL = /^[\s\S]*<\|channel\|>final[\s\S]{0,100}?<\|message\|>/;

/** A reply without the thoughts that it begins with. */
export function withoutLeadingThoughts(text: string): string {
  let from = 0;
  for (const { start, end } of thoughtsIn(text)) {
    if (end === undefined || text.slice(from, start).trim() !== '') break;
    from = end;
  }
  return text.slice(from);
}

/** The words before a verdict without the thoughts among them; `thinking` where the thoughts have not ended. */
export function withoutThoughts(words: string): { words: string; thinking: boolean } {
  const text = words.replace(FINAL_CHANNEL, '');
  const spoken: string[] = [];
  let from = 0;
  for (const { start, end } of thoughtsIn(text)) {
    if (end === undefined) return { words, thinking: true };
    spoken.push(text.slice(from, start));
    from = end;
  }
  const rest = [...spoken, text.slice(from)].join(' ').replace(CLOSED, ' ');
  return { words: rest, thinking: CHANNEL.test(rest) };
}

/** Where thoughts stand, one after the other; the end of the last is undefined where it does not come. */
function* thoughtsIn(text: string): Generator<{ start: number; end: number | undefined }> {
  const opening = new RegExp(OPENING);
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const closing = new RegExp(`[<◁]/${found[1]}[>▷]`, 'gi');
    closing.lastIndex = opening.lastIndex;
    const end = closing.test(text) ? closing.lastIndex : undefined;
    yield { start: found.index, end };
    if (end === undefined) return;
    opening.lastIndex = end;
  }
}
