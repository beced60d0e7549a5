/** Rows drawn above and below what can be seen, so that a quick scroll does not show empty space. */
const OVERSCAN = 8;

/** `first` to `last` (not included) of `count` rows are drawn. */
export interface RowWindow {
  first: number;
  last: number;
}

/** The rows to draw for a scroll position; all lengths in CSS pixels, every row equally high. */
export function rowWindow(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  count: number,
): RowWindow {
  const top = Math.floor(scrollTop / rowHeight);
  const visible = Math.ceil(viewHeight / rowHeight) + 1;
  const first = Math.max(0, Math.min(top, count - visible) - OVERSCAN);
  return { first, last: Math.min(count, Math.max(0, top) + visible + OVERSCAN) };
}

/** Where to scroll so that a row can be seen: the nearest place, or where it already is. */
export function scrollToRow(index: number, scrollTop: number, viewHeight: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, Math.min(top, top + rowHeight - viewHeight));
}
