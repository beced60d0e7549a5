/** Below it are the APIs of models; elsewhere are agents. */
export const MODELS_PATH = '/v1';

/** Whether a path is a prefix or below it: `/v1` has `/v1` and `/v1/models`, not `/v12`. */
export function isBelow(path: string, prefix: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}
