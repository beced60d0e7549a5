import { extname } from 'node:path';

/** How a data file is read, by the ending of its name; undefined for any other ending. */
export function dataFormat(path: string): 'yaml' | 'json' | 'jsonl' | undefined {
  switch (extname(path).toLowerCase()) {
    case '.yaml':
    case '.yml':
      return 'yaml';
    case '.json':
    case '.jsonc':
      return 'json';
    case '.jsonl':
    case '.ndjson':
      return 'jsonl';
    default:
      return undefined;
  }
}
