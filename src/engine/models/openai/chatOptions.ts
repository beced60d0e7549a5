import type { ClientOptions } from '../clientOptions.ts';
import type { Endpoint } from './endpoint.ts';

export interface ChatClientOptions extends Endpoint, ClientOptions {
  /** Default true: the time to the first token is measured, and a cut reply is told from a whole one. */
  stream?: boolean | undefined;
}
