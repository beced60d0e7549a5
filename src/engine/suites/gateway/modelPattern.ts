/** Whether a model is one of a pattern, in which `*` stands for any characters, also none. Case counts. No step goes back. */
export function matchesModel(model: string, pattern: string): boolean {
  const [head = '', ...others] = pattern.split('*');
  const tail = others.pop();
  if (tail === undefined) return model === pattern;
  if (!model.startsWith(head) || model.length < head.length + tail.length || !model.endsWith(tail))
    return false;

  const end = model.length - tail.length;
  let at = head.length;
  for (const part of others) {
    const found = model.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }

  return true;
}

/** Whether every model of `inner` is one of `outer`: what `*` stands for in the one, only `*` can in the other. */
export function coversPattern(outer: string, inner: string): boolean {
  return matchesModel(inner.replaceAll('*', '\0'), outer);
}
