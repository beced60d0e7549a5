interface Fence {
  marks: string;
  /** What stands behind the marks: the language of an opening fence. */
  info: string;
}

/** The bodies of Markdown's code blocks that are closed and are marked as SQL or as nothing. */
export function sqlBlocks(text: string): string[] {
  const blocks: string[] = [];
  let opened: Fence | undefined;
  let body: string[] = [];
  for (const line of text.split(/\r\n?|\n/)) {
    const fence = fenceOf(line);
    if (!opened) {
      opened = fence;
      body = [];
    } else if (fence && closes(fence, opened)) {
      const language = opened.info.trim().toLowerCase();
      if (language === '' || language === 'sql') blocks.push(body.join('\n').trim());
      opened = undefined;
    } else body.push(line);
  }

  return blocks;
}

function closes(fence: Fence, opened: Fence): boolean {
  return /^[ \t]*$/.test(fence.info) && fence.marks.startsWith(opened.marks);
}

function fenceOf(line: string): Fence | undefined {
  const [, marks, info] = /^[ \t]{0,3}(`{3,}|~{3,})(.*)$/s.exec(line) ?? [];
  return marks === undefined ? undefined : { marks, info: info ?? '' };
}
