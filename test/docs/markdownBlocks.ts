/** A fenced block of a Markdown page. */
export interface MarkdownBlock {
  /** The first word behind the fence; empty where there is none. */
  language: string;
  text: string;
  /** Of the fence, from 1. */
  line: number;
}

/** The fenced blocks of a page, in order; the indentation of a fence is taken off its text. */
export function markdownBlocks(page: string): MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  let open: { block: MarkdownBlock; fence: string; indent: number; lines: string[] } | undefined;

  for (const [index, line] of page.split('\n').entries()) {
    const fence = /^( *)(`{3,})(\S*)/.exec(line);
    if (open && fence && line.trim() === open.fence) {
      blocks.push({ ...open.block, text: open.lines.join('\n') });
      open = undefined;
    } else if (open) {
      open.lines.push(line.slice(open.indent));
    } else if (fence) {
      const [, spaces = '', ticks = '', language = ''] = fence;
      open = {
        block: { language, text: '', line: index + 1 },
        fence: ticks,
        indent: spaces.length,
        lines: [],
      };
    }
  }
  return blocks;
}
