import path from 'node:path';

/** A prompt file as the engine takes it. */
export interface PromptScope {
  absolute: string;
  /** Absolute; what the prompt refers to must lie in it. */
  root: string;
  /** Relative to `root`, with `/`. */
  path: string;
}

/** The file's workspace is the current folder where that holds it, so that it may refer to files beside its own folder. */
export function promptScope(file: string, cwd: string): PromptScope {
  const absolute = path.resolve(cwd, file);
  const way = path.relative(cwd, absolute);
  const isInside = way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
  return isInside
    ? { absolute, root: cwd, path: way.replaceAll(path.sep, '/') }
    : { absolute, root: path.dirname(absolute), path: path.basename(absolute) };
}
