import type { PageHost } from './pageHost.ts';

/** What VS Code gives to a page in a panel. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  var acquireVsCodeApi: (() => VsCodeApi) | undefined;
}

/** The panel in VS Code; undefined when the page is a file of its own. */
export function vscodeHost<Message, State>(): PageHost<Message, State> | undefined {
  const api = globalThis.acquireVsCodeApi?.();
  if (!api) return undefined;
  return {
    listen: (receive) => {
      window.addEventListener('message', ({ data }) => receive(data));
      api.postMessage({ type: 'ready' });
    },
    send: (message) => api.postMessage(message),
    readState: () => api.getState(),
    writeState: (state) => api.setState(state),
  };
}
