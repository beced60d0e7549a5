import type { RawJson } from './requestBody.ts';

/** Members of a request that a release sets, by their names. */
export type Application = Map<string, RawJson>;
